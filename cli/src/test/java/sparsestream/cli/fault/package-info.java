/** Makes a process stop where a test wants to kill it. Only tests have this on their class path. */
package sparsestream.cli.fault;
