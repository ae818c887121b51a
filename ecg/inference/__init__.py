"""Use trained models without TensorFlow: classify beats and recordings, and describe the answers in text and figures."""
