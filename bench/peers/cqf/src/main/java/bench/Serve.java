package bench;

import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.hl7.fhir.r4.model.QuestionnaireResponse;

/** $apply behind HAPI's RestfulServer: the response is the body, the plan is the generated one. */
public final class Serve {
    private Serve() {}

    public static void main(String[] given) throws Exception {
        var triage = new Triage(Path.of(given[0]));
        var fhir = new RestfulServer(triage.context);
        fhir.registerProvider(new Provider(triage));
        var context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(fhir), "/fhir/*");
        var server = new Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(given[1]));
        server.addConnector(connector);
        server.setHandler(context);
        server.start();
        server.join();
    }

    /** The operation. */
    public static final class Provider implements IResourceProvider {
        private final Triage triage;

        Provider(Triage triage) {
            this.triage = triage;
        }

        @Override
        public Class<? extends IBaseResource> getResourceType() {
            return PlanDefinition.class;
        }

        @Operation(name = "$apply")
        public CarePlan apply(@ResourceParam QuestionnaireResponse response) {
            return triage.apply(response);
        }
    }
}
