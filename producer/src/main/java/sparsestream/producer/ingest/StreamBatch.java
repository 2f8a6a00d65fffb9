package sparsestream.producer.ingest;

import sparsestream.contract.ImageBatch;

/**
 * A batch on its way to the topic.
 *
 * @param partition of {@code images.raw} from which its images are
 */
record StreamBatch(int partition, ImageBatch batch) {}
