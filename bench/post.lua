-- wrk: post the bodies that a file lists, one after the other, and say at the end what was found as one line of JSON.
local bodies = {}
for path in io.lines(os.getenv("BENCH_BODIES")) do
  local file = io.open(path, "rb")
  table.insert(bodies, file:read("*a"))
  file:close()
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/fhir+json"
wrk.headers["Accept"] = "application/fhir+json"

local requests, sent = {}, 0

function init(_)
  for place, body in ipairs(bodies) do
    requests[place] = wrk.format(nil, nil, nil, body)
  end
end

function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
