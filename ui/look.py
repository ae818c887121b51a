"""What the demo looks like."""

import gradio as gr

THEME = gr.themes.Monochrome()
CSS = """
.gradio-container { max-width: 1280px; margin: 0 auto; }
#verdict { font-size: 1.15em; }
"""
