package bench;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.repository.IRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.RequestGroup;
import org.opencds.cqf.fhir.cql.EvaluationSettings;
import org.opencds.cqf.fhir.cr.CrSettings;
import org.opencds.cqf.fhir.cr.plandefinition.PlanDefinitionProcessor;
import org.opencds.cqf.fhir.utility.monad.Eithers;
import org.opencds.cqf.fhir.utility.repository.InMemoryFhirRepository;

/** One $apply of the generated PlanDefinition to one QuestionnaireResponse; everything else is made once. */
final class Triage {
    static final List<String> LEVELS = List.of("self-care", "routine", "urgent", "emergency");
    private static final String OPEN = "open-floor";

    final FhirContext context = FhirContext.forR4Cached();
    private final PlanDefinitionProcessor processor;
    private final PlanDefinition plan;

    Triage(Path definitions) throws Exception {
        context.setValidationSupport(new DefaultProfileValidationSupport(context));
        var content = context.newJsonParser().parseResource(Bundle.class, Files.readString(definitions));
        plan = (PlanDefinition) content.getEntry().get(0).getResource();
        var settings = CrSettings.getDefault().withEvaluationSettings(EvaluationSettings.getDefault());
        processor = new PlanDefinitionProcessor(new InMemoryFhirRepository(context, content), settings);
    }

    QuestionnaireResponse parse(String json) {
        return context.newJsonParser().parseResource(QuestionnaireResponse.class, json);
    }

    CarePlan apply(QuestionnaireResponse response) {
        var subject = response.getSubject().getReference();
        var data = new Bundle().setType(Bundle.BundleType.COLLECTION);
        data.addEntry().setResource(new Patient().setId(subject));
        data.addEntry().setResource(response);
        IBaseResource made = processor.apply(
                Eithers.forRight3(plan), subject, null, null, null, null, null, null, null, null, null,
                false, data, null, (IRepository) null, (IRepository) null, (IRepository) null);
        return (CarePlan) made;
    }

    String write(CarePlan made) {
        return context.newJsonParser().encodeResourceToString(made);
    }

    /** The level and the fired criteria, as one object of JSON. */
    String verdict(CarePlan made) {
        var fired = new TreeSet<String>();
        var level = 0;
        for (var contained : made.getContained()) {
            if (contained instanceof OperationOutcome failed) {
                throw new IllegalStateException(failed.getIssueFirstRep().getDiagnostics());
            }
            if (contained instanceof RequestGroup group) {
                for (var action : group.getAction()) {
                    if (action == null) { // what $apply leaves where a condition is not met
                        continue;
                    }
                    level = Math.max(level, LEVELS.indexOf(action.getCodeFirstRep().getCodingFirstRep().getCode()));
                    if (!OPEN.equals(action.getId())) {
                        fired.add("\"" + action.getId() + "\"");
                    }
                }
            }
        }
        return "{\"level\": \"" + LEVELS.get(level) + "\", \"fired\": [" + String.join(", ", fired) + "]}";
    }
}
