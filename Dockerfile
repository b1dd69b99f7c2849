# The first stage makes a virtual environment without pip in it; the last one holds Python and that, nothing to build with.
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /opt/numbness-triage

# The dependencies come first, so that a change of ours does not fetch them again.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > /tmp/dependencies.txt \
 && python -m pip --python /opt/numbness-triage/bin/python install --compile -r /tmp/dependencies.txt

COPY . .
RUN python -m pip --python /opt/numbness-triage/bin/python install --compile --no-deps . \
 && /opt/numbness-triage/bin/numbness-triage check \
 && /opt/numbness-triage/bin/numbness-triage cases


FROM python:3.12-slim
LABEL org.opencontainers.image.title="numbness-triage" \
      org.opencontainers.image.description="FHIR triage of numbness: QuestionnaireResponse in, RiskAssessment and ServiceRequests out" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel
COPY --from=build /opt/numbness-triage /opt/numbness-triage

# It listens on all addresses, and so does not start without TRIAGE_AUTH: see docs/access.md.
# Bytecode was compiled above; the root file system may be read-only. Only /tmp must be writable (a tmpfs will do).
ENV PATH="/opt/numbness-triage/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TRIAGE_HOST=0.0.0.0 \
    TRIAGE_PORT=8080
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM

# ProxyHandler({}): a proxy set for the container must not be asked for the container's own address.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-I", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ['TRIAGE_PORT']}/health/ready\", timeout=4)"]

ENTRYPOINT ["numbness-triage"]
CMD ["serve"]
