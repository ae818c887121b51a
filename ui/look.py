"""What the demo looks like."""

import gradio as gr

THEME = gr.themes.Monochrome(
    font=["ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "Consolas", "monospace"],
)
"""Of Gradio's themes the one whose contrasts suffice, with the fonts of the reader's own system."""
CSS = """
.gradio-container { max-width: 1280px; margin: 0 auto; }
#verdict { font-size: 1.15em; }
/* the words of the figures are as dark or light as those of the page */
.js-plotly-plot :is(.gtitle, .xtitle, .ytitle, .legendtext, .xtick text, .ytick text) {
  fill: var(--body-text-color) !important;
}
/* a wide table scrolls by itself instead of widening the page of a phone */
#answers, .comparison { contain: inline-size; overflow-x: auto; }
"""
