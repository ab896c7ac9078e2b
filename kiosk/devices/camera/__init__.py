"""The camera: pictures for the face engine and the preview."""
