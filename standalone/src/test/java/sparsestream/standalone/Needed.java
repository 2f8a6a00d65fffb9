package sparsestream.standalone;

import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine that it runs on. */
final class Needed {
    private Needed() {}

    /** Skips the test unless the thing is there, and says so on the console, where a reason in a report would be overlooked. */
    static void require(boolean there, String otherwise) {
        if (!there) {
            System.err.println("SKIPPED: " + otherwise);
        }
        Assumptions.assumeTrue(there, otherwise);
    }
}
