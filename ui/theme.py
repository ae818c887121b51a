"""What the demo looks like."""

import gradio as gr

THEME = gr.themes.Monochrome(
    font=["ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "Consolas", "monospace"],
).set(
    link_text_color_dark="*neutral_300",
    link_text_color_hover_dark="*neutral_100",
    link_text_color_visited_dark="*neutral_300",
    link_text_color_active_dark="*neutral_300",
)
"""Of Gradio's themes the one whose contrasts suffice (but for links on a dark page), with the fonts of the reader's system."""
CSS = """
.gradio-container { max-width: 1280px; margin: 0 auto; }
#beat, #probabilities { min-height: 430px; }
.dark :is([role="tab"].selected, input.subdued) { color: var(--body-text-color) !important; }
#verdict { font-size: 1.15em; }
/* the words of the figures are as dark or light as those of the page */
.js-plotly-plot :is(.gtitle, .xtitle, .ytitle, .legendtext, .xtick text, .ytick text) {
  fill: var(--body-text-color) !important;
}
/* on a phone, tabs that do not fit go into a menu instead of widening the page */
.tab-wrapper { contain: inline-size; }
/* and a wide table scrolls by itself */
#answers, .comparison { contain: inline-size; overflow-x: auto; }
"""
