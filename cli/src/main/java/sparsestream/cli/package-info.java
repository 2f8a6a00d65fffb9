/** The command line, and the broker that makes everything run in one JVM. */
package sparsestream.cli;
