# Without BASE_DIGEST the base is what the tag names today. Give it to build the same again (docs/deploying.md says how):
#   --build-arg BASE_DIGEST=sha256:…
ARG BASE_DIGEST=
FROM python:3.12-slim${BASE_DIGEST:+@$BASE_DIGEST} AS base


# A virtual environment without pip in it. Every package is held to its hash; `make lock` writes the lists.
FROM base AS build
ARG SOURCE_DATE_EPOCH=315619200
ARG PIP_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
WORKDIR /src
COPY deploy/lock/ deploy/lock/
RUN python -m venv --without-pip /opt/numbness-triage \
 && python -m venv --without-pip /build \
 && python -m pip --python /build/bin/python install --no-compile \
      --require-hashes --only-binary :all: -r deploy/lock/build.txt \
 && /build/bin/pip --python /opt/numbness-triage/bin/python install --no-compile \
      --require-hashes --only-binary :all: -r deploy/lock/service.txt

# Nothing is fetched from here on. Bytecode that is found by the hash of its source, and never checked again, is the same
# in every build; so are the times of the files.
COPY . .
RUN PATH="/build/bin:$PATH" pip --python /build/bin/python wheel --no-index --no-deps --no-build-isolation \
      --wheel-dir /tmp/wheel . \
 && /build/bin/pip --python /opt/numbness-triage/bin/python install --no-compile --no-index --no-deps \
      /tmp/wheel/*.whl \
 && /opt/numbness-triage/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/numbness-triage/lib \
 && find /opt/numbness-triage -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} + \
 && /opt/numbness-triage/bin/python -c "import service.web.server" \
 && /opt/numbness-triage/bin/numbness-triage check \
 && /opt/numbness-triage/bin/numbness-triage cases


FROM base
ARG VERSION=0.1.0
ARG REVISION=
ARG CREATED=
LABEL org.opencontainers.image.title="numbness-triage" \
      org.opencontainers.image.description="FHIR triage of numbness: QuestionnaireResponse in, RiskAssessment and ServiceRequests out" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH="/opt/numbness-triage/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TRIAGE_HOST=0.0.0.0 \
    TRIAGE_PORT=8080
RUN /usr/local/bin/python -m pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel
COPY --from=build /opt /opt

# It listens on all addresses, and so does not start without TRIAGE_AUTH: see docs/access.md.
# Bytecode was compiled above; the root file system may be read-only. Only /tmp must be writable (a tmpfs will do).
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM

# ProxyHandler({}): a proxy set for the container must not be asked for the container's own address, nor does the name in
# the certificate matter for it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-I", "-c", "import os, ssl, urllib.request as u; e = os.environ; u.build_opener(u.ProxyHandler({}), u.HTTPSHandler(context=ssl._create_unverified_context())).open(f\"http{'s' * ('TRIAGE_TLS_CERTIFICATE' in e)}://127.0.0.1:{e['TRIAGE_PORT']}/health/ready\", timeout=4)"]

ENTRYPOINT ["numbness-triage"]
CMD ["serve"]
