package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.cqframework.cql.cql2elm.CqlTranslator;
import org.cqframework.cql.cql2elm.LibraryManager;
import org.cqframework.cql.cql2elm.ModelManager;

/** Translates CQL to ELM as JSON, which cql-execution reads. */
public final class Elm {
    private Elm() {}

    public static void main(String[] given) throws Exception {
        var translator = CqlTranslator.fromText(
                Files.readString(Path.of(given[0])), new LibraryManager(new ModelManager()));
        if (!translator.getErrors().isEmpty()) {
            throw new IllegalStateException(translator.getErrors().toString());
        }
        Files.writeString(Path.of(given[1]), translator.toJson());
    }
}
