/**
 * Picture files as a viewer shows them, whichever Java runtime reads them; what can't be read so is refused.
 *
 * <p>Files are untrusted. Their <em>outside</em>, the chunks of a PNG or the segments of a JPEG, is read by our own parsers, which cost no
 * more than a pass over the file and check every length. They hand the Java runtime's readers what makes pixels and nothing else,
 * and apply themselves what a viewer applies: which colours a JPEG's components are, the colour profile, the transparent level of a
 * grey PNG and the orientation.
 */
package sparsestream.producer.picture;
