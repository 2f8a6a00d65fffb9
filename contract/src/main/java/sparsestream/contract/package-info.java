/**
 * What crosses a topic: the topics, the messages on them and their codecs. Nothing here trains, draws, logs or reads a
 * clock.
 *
 * <p>The words, used alike in documents, code and tests:
 *
 * <ul>
 *   <li>a <b>topic</b> is a Kafka topic with the settings this pipeline relies on ({@link
 *       sparsestream.contract.Topics});
 *   <li>a <b>tensor</b> is an n-dimensional array with its dtype and shape; <b>safetensors</b> is the file that holds
 *       named tensors and string metadata, the one tensor format on the wire and on disk;
 *   <li>an <b>image batch</b> is N grey images, the unit of training;
 *   <li>a <b>checkpoint</b> is one version of the contents under a key; it travels as <b>parts</b> of one safetensors
 *       file followed by a <b>manifest</b> that makes them count;
 *   <li>a <b>generated image</b> is a PNG with all that is needed to make it again;
 *   <li>a <b>dead letter</b> is a record that could not be used, as it was read, with the reason.
 * </ul>
 *
 * <p>Every decoder takes any bytes: it returns a value or throws {@link
 * sparsestream.contract.MalformedMessageException}, which names the field, and it checks sizes before it allocates.
 */
package sparsestream.contract;
