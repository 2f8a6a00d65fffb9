package sparsestream.sampler;

import sparsestream.sampler.gallery.Gallery;

public record SamplerThatKnowsTheGallery(Gallery gallery) {}
