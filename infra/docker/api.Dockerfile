# The API, and the `hardwon` command for migrations. No model and nothing that runs one: tests/architecture/test_containers.py looks.
FROM python:3.11-slim AS build
# Where pip looks is for whoever builds to say; unset, pip's own default holds.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
RUN python -m venv --without-pip /opt/hardwon
WORKDIR /src
COPY constraints.txt ./
COPY shared shared
COPY services/api services/api
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/hardwon install --constraint constraints.txt ./shared ./services/api

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp hardwon
COPY --from=build /opt/hardwon /opt/hardwon
ENV PATH=/opt/hardwon/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8080
CMD ["python", "-m", "hardwon_api", "--host", "0.0.0.0", "--port", "8080"]
