package sparsestream.producer.picture;

/** Of the pixels in a file, as its header tells; 0, negative or senseless if it tells that. */
record Size(int width, int height) {}
