import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.util.FhirTerser;
import ca.uhn.fhir.validation.FhirValidator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * Judges FHIR resources with HL7's validator, offline: java Judge FOLDER prints lines of TSV.
 *
 * <p>FOLDER has one folder for each release (R4, R4B, R5); in each, JSON files in {@code definitions} are both known to
 * the validator and judged, those in {@code known} are only known to it, those in {@code ours} are judged strictly, and in
 * those of {@code others} extensions and profiles may be unknown. A line is: file, severity, place, message; one with the severity "judged" ends each file.
 * The release's own StructureDefinitions are written beside them, as structures.json.
 */
public final class Judge {
  private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    judgeRelease(root, "R4", FhirContext.forR4());
    judgeRelease(root, "R4B", FhirContext.forR4B());
    judgeRelease(root, "R5", FhirContext.forR5());
    OUT.flush();
  }

  private static void judgeRelease(Path root, String release, FhirContext context) throws IOException {
    Path folder = root.resolve(release);
    IValidationSupport standard = new DefaultProfileValidationSupport(context);
    writeStructures(standard, folder.resolve("structures.json"));
    List<Path> definitions = jsonFiles(folder.resolve("definitions"));
    definitions.addAll(jsonFiles(folder.resolve("known")));
    ValidationSupportChain known = known(standard, definitions);
    FhirValidator strict = validator(context, known, false);
    judgeFiles(root, folder.resolve("definitions"), strict);
    judgeFiles(root, folder.resolve("ours"), strict);
    judgeFiles(root, folder.resolve("others"), validator(context, known, true));
  }

  /** FHIR's own resources and types as a JSON list, for a judge that does not bring those of every release. */
  private static void writeStructures(IValidationSupport standard, Path file) throws IOException {
    FhirContext context = standard.getFhirContext();
    FhirTerser terser = context.newTerser();
    List<IBaseResource> all = standard.fetchAllStructureDefinitions();
    String list =
        all.stream()
            .filter(one -> !"constraint".equals(terser.getSinglePrimitiveValueOrNull(one, "derivation")))
            .map(one -> context.newJsonParser().encodeResourceToString(one))
            .collect(Collectors.joining(",\n", "[", "]\n"));
    Files.writeString(file, list);
  }

  /** FHIR's own definitions and those in the files. */
  private static ValidationSupportChain known(IValidationSupport standard, List<Path> definitions) throws IOException {
    FhirContext context = standard.getFhirContext();
    Known ours = new Known(context);
    for (Path file : definitions) {
      ours.addResource(context.newJsonParser().parseResource(Files.readString(file)));
    }
    return new ValidationSupportChain(
        standard,
        ours,
        new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context),
        new SnapshotGeneratingValidationSupport(context));
  }

  /** Definitions by their url, and other resources, such as Questionnaires, too, which HAPI's own class never gives out. */
  private static final class Known extends PrePopulatedValidationSupport {
    private final Map<String, IBaseResource> byUrl = new HashMap<>();

    Known(FhirContext context) {
      super(context);
    }

    @Override
    public void addResource(IBaseResource resource) {
      super.addResource(resource);
      byUrl.put(getFhirContext().newTerser().getSinglePrimitiveValueOrNull(resource, "url"), resource);
    }

    @Override
    public <T extends IBaseResource> T fetchResource(Class<T> type, String url) {
      IBaseResource found = url == null || type == null ? null : byUrl.get(url.split("\\|")[0]);
      return type != null && type.isInstance(found) ? type.cast(found) : super.fetchResource(type, url);
    }
  }

  private static FhirValidator validator(FhirContext context, ValidationSupportChain known, boolean lenient) {
    FhirInstanceValidator module = new FhirInstanceValidator(known);
    module.setAnyExtensionsAllowed(lenient);
    module.setErrorForUnknownProfiles(!lenient);
    module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    return context.newValidator().registerValidatorModule(module);
  }

  private static void judgeFiles(Path root, Path folder, FhirValidator validator) throws IOException {
    List<String> blocks =
        jsonFiles(folder).parallelStream()
            .map(file -> verdict(root.relativize(file).toString(), file, validator))
            .collect(Collectors.toList());
    blocks.forEach(OUT::print);
  }

  private static String verdict(String name, Path file, FhirValidator validator) {
    StringBuilder lines = new StringBuilder();
    try {
      for (var found : validator.validateWithResult(Files.readString(file)).getMessages()) {
        String severity = String.valueOf(found.getSeverity()).toLowerCase();
        lines.append(line(name, severity, found.getLocationString(), found.getMessage()));
      }
    } catch (Exception failed) {
      lines.append(line(name, "error", "", "The judge failed: " + failed));
    }
    return lines.append(line(name, "judged", "", "")).toString();
  }

  private static String line(String... cells) {
    return Stream.of(cells)
            .map(cell -> String.valueOf(cell).replaceAll("\\s+", " "))
            .collect(Collectors.joining("\t"))
        + "\n";
  }

  private static List<Path> jsonFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return new ArrayList<>();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().collect(Collectors.toCollection(ArrayList::new));
    }
  }
}
