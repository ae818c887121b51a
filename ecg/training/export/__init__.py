"""Export of a trained model: the Keras files, the ONNX file, and the folder that is published."""
