# One image for every service; which one it is, the command says: `docker run sparsestream trainer --model vae`.
#
#   docker build -t sparsestream .                     builds the program, then the image
#   docker build -t sparsestream --target prebuilt .   takes cli/target as `mvn package` left it; needs no network

FROM eclipse-temurin:17-jre AS runtime
# The folders exist for the volume that is mounted on the last, which takes its owner over. Group 0 may write, since that is the group of
# any other user: those of OpenShift, or of `docker run --user`.
RUN useradd --uid 10001 --create-home sparsestream \
    && install -d -m 775 -o sparsestream -g 0 \
        /home/sparsestream /home/sparsestream/.cache /home/sparsestream/.cache/sparsestream
ENV HOME=/home/sparsestream \
    SPARSESTREAM_HOST=0.0.0.0 \
    SPARSESTREAM_PORT=8080
EXPOSE 8080
USER sparsestream
WORKDIR /home/sparsestream
# Natives are unpacked to /tmp, the only place that has to be writable. The other flags are those of the launcher.
ENTRYPOINT ["java", \
    "-Dorg.bytedeco.javacpp.cachedir=/tmp/javacpp", \
    "-Dorg.bytedeco.javacpp.maxphysicalbytes=0", \
    "-Djava.awt.headless=true", \
    "-Duser.language=en", \
    "-XX:MaxRAMPercentage=50", \
    "-XX:+ExitOnOutOfMemoryError", \
    "-jar", "/app/sparsestream.jar"]
CMD ["--help"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
    CMD curl -fsS -o /dev/null "http://127.0.0.1:${SPARSESTREAM_PORT}/health/ready"

# What changes seldom comes first: the natives (300 MB), then other libraries, then our own code (less than 1 MB). A checkout may have been
# made with a umask that lets nobody else read it.
FROM runtime AS built
USER root
COPY cli/target /built
RUN chmod -R a+rX /built && mkdir /built/natives /built/own \
    && mv /built/lib/*-linux-*.jar /built/natives/ \
    && mv /built/lib/sparsestream-*.jar /built/own/

FROM runtime AS prebuilt
COPY --from=built /built/natives /app/lib
COPY --from=built /built/lib /app/lib
COPY --from=built /built/own /app/lib
COPY --from=built /built/sparsestream.jar /app/

FROM maven:3-eclipse-temurin-17 AS source
WORKDIR /source
COPY pom.xml ./
COPY .mvn .mvn
COPY contract contract
COPY model model
COPY monitoring monitoring
COPY kafka kafka
COPY published published
COPY producer producer
COPY trainer trainer
COPY merge merge
COPY sampler sampler
COPY cli/pom.xml cli/pom.xml
COPY cli/src cli/src
RUN mvn -q -B -Dmaven.test.skip -Dspotless.check.skip -pl cli -am package \
    && cd cli/target && mkdir natives own \
    && mv lib/*-linux-*.jar natives/ && mv lib/sparsestream-*.jar own/

FROM runtime AS image
COPY --from=source /source/cli/target/natives /app/lib
COPY --from=source /source/cli/target/lib /app/lib
COPY --from=source /source/cli/target/own /app/lib
COPY --from=source /source/cli/target/sparsestream.jar /app/
