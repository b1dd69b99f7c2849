package bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;

/** Works for as long as a line on its input says, and counts: `run MODE SECONDS FILE`, `judge FILE`. */
public final class Window {
    private Window() {}

    public static void main(String[] given) throws Exception {
        var triage = new Triage(Path.of(given[0]));
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var words = line.split(" ");
            System.out.println(words[0].equals("run") ? run(triage, words) : judge(triage, Path.of(words[1])));
            System.out.flush();
        }
    }

    private static String run(Triage triage, String[] words) throws Exception {
        var json = Files.readString(Path.of(words[3]));
        var response = triage.parse(json);
        var throughBytes = words[1].equals("bytes");
        long operations = 0;
        var began = System.nanoTime();
        var ends = began + (long) (Double.parseDouble(words[2]) * 1e9);
        while (System.nanoTime() < ends) {
            if (throughBytes) {
                triage.write(triage.apply(triage.parse(json)));
            } else {
                triage.apply(response);
            }
            operations++;
        }
        var seconds = (System.nanoTime() - began) / 1e9;
        return String.format(Locale.ROOT, "{\"operations\": %d, \"seconds\": %f}", operations, seconds);
    }

    private static String judge(Triage triage, Path responses) throws Exception {
        var found = new ArrayList<String>();
        for (var json : Files.readAllLines(responses)) {
            found.add(triage.verdict(triage.apply(triage.parse(json))));
        }
        return "[" + String.join(", ", found) + "]";
    }
}
