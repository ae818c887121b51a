"""What serves, without TensorFlow: the classifier, a whole recording, and the answer in words and figures."""
