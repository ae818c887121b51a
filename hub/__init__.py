"""Publishing to and pulling from the Hugging Face Hub; imports `ecg`, never Gradio."""
