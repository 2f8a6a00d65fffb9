package sparsestream.producer;

import java.util.List;

/**
 * One way of writing a digit: pen strokes through points of the unit square, x to the right and y down.
 *
 * <p>The ten digits are data in {@link #VARIANTS}; each person's 4 or 7 is another variant.
 */
record Glyph(List<Stroke> strokes) {
    /**
     * @param curved whether the pen goes smoothly through the points or straight from one to the next
     * @param points x and y by turns
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Stroke(boolean curved, double[] points) {}

    /** By digit, the ways of writing it. */
    static final List<List<Glyph>> VARIANTS = List.of(
            List.of(
                    glyph(curve(.52, 0, .2, .13, .04, .5, .18, .87, .5, 1, .82, .86, .96, .5, .8, .13, .5, .01)),
                    glyph(curve(.7, .04, .3, .08, .05, .45, .15, .9, .5, .99, .85, .75, .93, .3, .7, .02, .42, .08))),
            List.of(
                    glyph(line(.5, 0, .5, 1)),
                    glyph(line(.5, 0, .5, 1)),
                    glyph(line(.1, .24, .55, 0, .55, 1)),
                    glyph(line(.05, .25, .52, 0, .52, 1), line(.05, 1, .98, 1))),
            List.of(
                    glyph(
                            curve(.08, .24, .3, .03, .62, 0, .86, .2, .74, .5, .4, .78, .05, .99),
                            line(.05, .99, .97, .96)),
                    glyph(curve(
                            .1, .2, .4, 0, .8, .12, .8, .42, .5, .76, .18, .96, .03, .88, .14, .76, .42, .84, .68, .97,
                            .98, .92))),
            List.of(
                    glyph(
                            curve(.1, .12, .45, 0, .82, .1, .8, .32, .38, .47),
                            curve(.38, .47, .78, .52, .95, .74, .7, .97, .35, 1, .05, .86)),
                    glyph(
                            line(.08, .03, .86, .02, .42, .4),
                            curve(.42, .4, .78, .46, .94, .7, .72, .95, .35, 1, .05, .9))),
            List.of(
                    glyph(line(.2, 0, .04, .56, .97, .52), line(.72, .08, .68, 1)),
                    glyph(line(.66, 0, .03, .66, .98, .66), line(.66, 0, .66, 1)),
                    glyph(curve(.1, .02, .04, .3, .14, .52, .46, .55, .84, .44), line(.9, .02, .82, .5, .78, 1))),
            List.of(
                    glyph(
                            line(.92, .02, .26, .02, .18, .44),
                            curve(.18, .44, .5, .36, .88, .52, .88, .82, .5, 1, .06, .9)),
                    glyph(
                            curve(.28, .03, .22, .25, .18, .46, .52, .4, .86, .6, .8, .9, .42, 1, .04, .88),
                            line(.28, .03, .95, 0))),
            List.of(
                    glyph(curve(.78, 0, .36, .22, .08, .6, .18, .93, .55, 1, .88, .84, .8, .58, .48, .54, .13, .74)),
                    glyph(curve(.5, 0, .22, .3, .08, .66, .24, .97, .62, .98, .9, .76, .68, .56, .34, .62, .14, .82))),
            List.of(
                    glyph(line(.04, .06, .94, .03), curve(.94, .03, .72, .36, .52, .68, .4, 1)),
                    glyph(line(.06, .2, .1, .03, .95, .03), curve(.95, .03, .7, .42, .52, .72, .46, 1)),
                    glyph(
                            line(.04, .05, .95, .03),
                            curve(.95, .03, .68, .4, .48, .72, .4, 1),
                            line(.24, .54, .84, .5))),
            List.of(
                    glyph(curve(
                            .84, .14, .52, 0, .16, .12, .22, .34, .5, .48, .84, .64, .86, .88, .5, 1, .12, .88, .18,
                            .64, .5, .48, .8, .32, .86, .1)),
                    glyph(
                            curve(.5, .46, .2, .34, .2, .1, .5, 0, .8, .1, .78, .34, .5, .46),
                            curve(.5, .46, .12, .62, .1, .86, .5, 1, .9, .86, .88, .62, .5, .46))),
            List.of(
                    glyph(
                            curve(.86, .14, .52, 0, .16, .14, .12, .38, .42, .5, .76, .38, .87, .14),
                            curve(.87, .14, .88, .4, .82, .7, .72, 1)),
                    glyph(
                            curve(.82, .12, .48, 0, .12, .18, .16, .44, .52, .48, .82, .3, .86, .1),
                            curve(.86, .1, .93, .5, .82, .84, .5, 1, .16, .92)),
                    glyph(curve(.84, .06, .4, .02, .08, .24, .22, .48, .6, .42, .85, .06), line(.85, .06, .8, 1))));

    private static Glyph glyph(Stroke... strokes) {
        return new Glyph(List.of(strokes));
    }

    private static Stroke curve(double... points) {
        return new Stroke(true, points);
    }

    private static Stroke line(double... points) {
        return new Stroke(false, points);
    }
}
