package sparsestream.published;

import java.util.LinkedHashMap;
import java.util.Map;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.model.layers.Network;

/** A file in which a model goes elsewhere. */
public enum ExportFormat {
    /** All networks, every tensor dense. */
    SAFETENSORS {
        @Override
        byte[] encode(PublishedModel published, Map<String, String> provenance) {
            return new Safetensors(provenance, published.tensors()).encode();
        }
    },
    /** The network that draws images; see {@link NetworkFiles#dl4j}. */
    DL4J {
        @Override
        byte[] encode(PublishedModel published, Map<String, String> provenance) throws MalformedMessageException {
            return NetworkFiles.dl4j(imageNetwork(published));
        }
    },
    /** The network that draws images; see {@link NetworkFiles#onnx}. */
    ONNX {
        @Override
        byte[] encode(PublishedModel published, Map<String, String> provenance) throws MalformedMessageException {
            return NetworkFiles.onnx(imageNetwork(published), provenance);
        }
    };

    /** The file. Safetensors and ONNX tell in their metadata which checkpoint it was. */
    public byte[] file(ModelVersion version) {
        Checkpoint checkpoint = version.checkpoint();
        Map<String, String> provenance =
                new LinkedHashMap<>(checkpoint.contents().metadata());
        provenance.put("checkpoint", checkpoint.key());
        provenance.put("checkpoint_version", String.valueOf(checkpoint.version()));
        provenance.put("checkpoint_sha256", checkpoint.sha256());
        try {
            return encode(PublishedModel.decode(checkpoint.contents()), provenance);
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("a version that was loaded can be read again", e);
        }
    }

    abstract byte[] encode(PublishedModel published, Map<String, String> provenance) throws MalformedMessageException;

    private static Network imageNetwork(PublishedModel published) throws MalformedMessageException {
        return NetworkTensors.imageNetwork(published);
    }
}
