/**
 * One dialect of Kafka for all services: how topics are made, how a service waits for a cluster, and how a topology of Kafka Streams
 * is run.
 *
 * <p>Nothing here knows what a message means; that is {@link sparsestream.contract}.
 */
package sparsestream.kafka;
