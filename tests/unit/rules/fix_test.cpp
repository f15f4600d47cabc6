#include "imgslim/fix.h"

#include "support/catch.h"

namespace imgslim {
namespace {

std::string fixed(const std::string& text, const std::string& rule) {
  LintOptions options;
  options.profile = "compat";
  options.select = {rule};
  LintSource source;
  source.path = "Dockerfile";
  source.text = text;
  const auto once = fix_dockerfile(Ruleset::built_in(), source, options);
  REQUIRE(once);
  source.text = once->text;
  const auto twice = fix_dockerfile(Ruleset::built_in(), source, options);
  REQUIRE(twice);
  CHECK(twice->text == once->text);
  CHECK(twice->fixes == 0);
  return once->text;
}

struct Row {
  const char* rule;
  const char* before;
  const char* after;
};

void check_rows(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    CAPTURE(row.rule, row.before);
    CHECK(fixed(row.before, row.rule) == row.after);
  }
}

TEST_CASE("arguments are put into the command that lacks them, the rest stays as it is") {
  check_rows(
      {{"DL3014", "RUN apt-get update && \\\n    apt-get -q  install curl # c\n",
        "RUN apt-get update && \\\n    apt-get -q  install -y curl # c\n"},
       {"DL3019", "RUN apk add curl && apk  add git\n", "RUN apk add --no-cache curl && apk  add --no-cache git\n"},
       {"DL3042", "RUN <<E\npip install a\npython3 -m pip install b\nE\n",
        "RUN <<E\npip install --no-cache-dir a\npython3 -m pip install --no-cache-dir b\nE\n"},
       {"DL3046", "RUN useradd -u 1234567 app\n", "RUN useradd -l -u 1234567 app\n"},
       {"DL3034", "RUN zypper in x\n", "RUN zypper --non-interactive in x\n"}});
}

TEST_CASE("what is written where edits cannot tell is left alone") {
  check_rows(
      {{"DL3014", "RUN [\"apt-get\", \"install\", \"curl\"]\n", "RUN [\"apt-get\", \"install\", \"curl\"]\n"},
       {"DL3014", "ONBUILD RUN apt-get install curl\n", "ONBUILD RUN apt-get install curl\n"},
       {"DL3027", "RUN apt list --installed\n", "RUN apt list --installed\n"},
       {"DL3025", "CMD nginx -g 'daemon off;'\nHEALTHCHECK CMD exec x\n",
        "CMD nginx -g 'daemon off;'\nHEALTHCHECK CMD exec x\n"},
       {"DL3025", "ENTRYPOINT app\nCMD x\n", "ENTRYPOINT app\nCMD x\n"},
       {"DL3020", "ADD $x /a\nADD *.bin /b\nADD git@h:r.git /c\n", "ADD $x /a\nADD *.bin /b\nADD git@h:r.git /c\n"},
       {"LegacyKeyValueFormat", "ENV a say \"hi\"\n", "ENV a say \"hi\"\n"}});
}

TEST_CASE("commands are called by another name, with what stands before and behind them") {
  check_rows({{"DL3027", "RUN DEBIAN_FRONTEND=apt apt install -y curl && apt update\n",
               "RUN DEBIAN_FRONTEND=apt apt-get install -y curl && apt-get update\n"}});
}

TEST_CASE("commands are added at the end of a RUN in its own layout") {
  check_rows(
      {{"DL3009", "RUN apt-get update && apt-get install -y a\n",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"},
       {"DL3009", "RUN apt-get update \\\n  && apt-get install -y a\nUSER x\n",
        "RUN apt-get update \\\n  && apt-get install -y a \\\n  && rm -rf /var/lib/apt/lists/*\nUSER x\n"},
       {"DL3009", "RUN apt-get update && \\\r\n\tapt-get install -y a\r\n",
        "RUN apt-get update && \\\r\n\tapt-get install -y a && \\\r\n\trm -rf /var/lib/apt/lists/*\r\n"},
       {"DL3032", "RUN yum install -y a", "RUN yum install -y a && yum clean all"},
       {"SL3006", "RUN microdnf install -y a", "RUN microdnf install -y a && microdnf clean all"},
       {"SL3006", "RUN zypper -n in a", "RUN zypper -n in a"},
       {"SL3001", "RUN apt-get update; apt-get install -y a",
        "RUN apt-get update; apt-get install -y a && rm -rf /var/lib/apt/lists/*"},
       {"SL4001", "RUN uv pip install a && pip3 install b", "RUN uv pip install a && pip3 install --no-cache-dir b"}});
}

TEST_CASE("package lists stay where something below needs them, or where the line cannot go on") {
  for (const char* text :
       {"RUN apt-get update\nRUN apt-get install -y a\n", "RUN apt-get update; apt-get install -y a &\n",
        "RUN apt-get update && apt-get install -y a # why\n",
        "RUN apt-get update && apt-get install -y a\nRUN apt-get install -y b\n",
        "FROM d AS b\nRUN apt-get update && apt-get install -y a\nFROM b\nRUN apt-get install -y c\n"}) {
    CAPTURE(text);
    CHECK(fixed(text, "DL3009") == text);
  }
}

TEST_CASE("removal of caches moves into the RUN that fills them, or the RUNs become one") {
  check_rows({
      {"SL2002", "FROM a\nRUN apt-get update && apt-get install -y b\nRUN rm -rf /var/lib/apt/lists/*\nCMD [\"b\"]\n",
       "FROM a\nRUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\nCMD [\"b\"]\n"},
      {"SL2002",
       "FROM a\nRUN apt-get update && apt-get install -y b\nRUN echo x > /y && apt-get clean && rm -rf "
       "/var/lib/apt/lists/*\n",
       "FROM a\nRUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/* && apt-get clean\nRUN echo x "
       "> /y\n"},
      {"SL2002",
       "FROM a\nRUN apt-get update && \\\n    apt-get install -y b\nRUN pip install c\nRUN rm -rf /var/lib/apt/lists/* "
       "/root/.cache && echo x\n",
       "FROM a\nRUN apt-get update && \\\n    apt-get install -y b && \\\n    rm -rf /var/lib/apt/lists/*\nRUN pip "
       "install c && rm -rf /root/.cache\nRUN echo x\n"},
      // Lists that a second installation needs cannot go before it.
      {"SL2002", "FROM a\nRUN apt-get update\nRUN apt-get install -y b\nRUN rm -rf /var/lib/apt/lists/*\n",
       "FROM a\nRUN apt-get update \\\n && apt-get install -y b \\\n && rm -rf /var/lib/apt/lists/*\n"},
  });
}

TEST_CASE("removals that cannot be told stay where they are") {
  for (const char* text : {
           "FROM a\nRUN apt-get update\nRUN apt-get install -y b\nUSER c\nRUN rm -rf /var/lib/apt/lists/*\n",
           "FROM a\nRUN apt-get update\nRUN cd /x && apt-get install -y b\nRUN rm -rf /var/lib/apt/lists/*\n",
           "FROM a\nRUN apt-get update\nRUN apt-get install -y b\nRUN x; rm -rf /var/lib/apt/lists/*\n",
           "FROM a\nRUN apt-get update # why\nUSER x\nRUN rm -rf /var/lib/apt/lists/*\n",
           "FROM a\nRUN apt-get update\nUSER c\nRUN rm -rf /var/lib/apt/lists/* /src $d\n",
           "FROM a\nRUN apt-get update\nUSER c\nRUN if x; then rm -rf /var/lib/apt/lists/*; fi\n",
       })
    CHECK(fixed(text, "SL2002") == text);
}

TEST_CASE("owners and modes become flags of the COPY") {
  check_rows({
      {"SL2004", "FROM a\nCOPY app /srv/app\nRUN chown -R app:app /srv/app\nUSER app\n",
       "FROM a\nCOPY --chown=app:app app /srv/app\nUSER app\n"},
      {"SL2004", "FROM a\nCOPY run.sh /run.sh\nRUN chmod 755 /run.sh && chown 5 /run.sh\n",
       "FROM a\nCOPY --chmod=755 --chown=5:0 run.sh /run.sh\n"},
      // The working directory is older than what is copied into it.
      {"SL2004", "FROM a\nWORKDIR /srv/app\nCOPY . .\nRUN chown -R app:app /srv/app\nUSER app\n",
       "FROM a\nWORKDIR /srv/app\nCOPY --chown=app:app . .\nRUN chown app:app /srv/app\nUSER app\n"},
      {"SL2004", "FROM a\nCOPY x y /srv/app/\nRUN chown -R app: /srv\n",
       "FROM a\nCOPY x y /srv/app/\nRUN chown -R app: /srv\n"},
  });
  for (const char* text : {
           "FROM a\nCOPY app /srv/app\nRUN npm ci\nRUN chown -R app /srv/app\n",
           "FROM a\nCOPY app /srv/app\nRUN useradd app && chown -R app /srv/app\n",
           "FROM a\nCOPY run /run\nRUN chmod 755 /run\n",
           "FROM a\nCOPY run.sh /run.sh\nRUN chmod +x /run.sh\n",
           "FROM a\nCOPY --chown=b app /srv/app\nRUN chown -R app /srv/app\n",
           "FROM a\nCOPY a.sh b.sh /x/\nRUN chmod 755 /x/a.sh\n",
           "FROM a\nCOPY app /srv/app\nUSER b\nRUN chown -R $U /srv/app\n",
       })
    CHECK(fixed(text, "SL2004") == text);
}

TEST_CASE("what is copied for one RUN is mounted into it") {
  check_rows({
      {"SL2009", "FROM a\nCOPY setup.sh /tmp/\nRUN sh /tmp/setup.sh && rm /tmp/setup.sh\n",
       "FROM a\nRUN --mount=type=bind,source=setup.sh,target=/tmp/setup.sh sh /tmp/setup.sh\n"},
      {"SL2009", "FROM a\nCOPY src /src\nENV a=b\nRUN cd /src && make install && rm -rf /src && echo x\n",
       "FROM a\nENV a=b\nRUN --mount=type=bind,source=src,target=/src,rw cd /src && make install && echo x\n"},
      {"SL2009", "FROM a\nCOPY x.deb /tmp\nRUN dpkg -i /tmp/x.deb; rm -f /tmp/x.deb\n",
       "FROM a\nRUN --mount=type=bind,source=x.deb,target=/tmp/x.deb dpkg -i /tmp/x.deb\n"},
  });
  for (const char* text : {
           "FROM a\nCOPY a b /tmp/\nRUN /tmp/a && rm /tmp/a\n",
           "FROM a\nCOPY a /tmp/\nRUN /tmp/a\nRUN rm /tmp/a\n",
           "FROM a\nCOPY --from=b a /tmp/\nRUN /tmp/a && rm /tmp/a\n",
           "FROM a\nCOPY a.gz /tmp/\nRUN gunzip /tmp/a.gz && rm /tmp/a.gz\n",
           "FROM a\nCOPY a /tmp/a\nRUN rm /tmp/a\n",
           "FROM a\nCOPY a /tmp/a\nRUN /tmp/a && rm /tmp/a && rm -rf /tmp/*\n",
       })
    CHECK(fixed(text, "SL2009") == text);
}

TEST_CASE("instructions are rewritten in the form that is wanted") {
  check_rows(
      {{"DL3020", "ADD --chown=a:b x /y\nadd p /q\n", "COPY --chown=a:b x /y\ncopy p /q\n"},
       {"DL3020", "ADD --checksum=sha256:aa x /y\n", "ADD --checksum=sha256:aa x /y\n"},
       {"DL3021", "COPY a b /d\nCOPY [\"a\", \"b\", \"/e\"]\nCOPY a b \"/f\"\n",
        "COPY a b /d/\nCOPY [\"a\", \"b\", \"/e/\"]\nCOPY a b \"/f/\"\n"},
       {"DL3025", "ENTRYPOINT /app  --port=80 serve\nHEALTHCHECK --retries=2 CMD curl localhost\n",
        "ENTRYPOINT [\"/app\", \"--port=80\", \"serve\"]\nHEALTHCHECK --retries=2 CMD [\"curl\", \"localhost\"]\n"},
       {"DL3065", "FROM --platform=$TARGETPLATFORM  a AS b\n", "FROM a AS b\n"},
       {"DL4000", "MAINTAINER \"Me\" <me@x$y>\nmaintainer 'You'\n",
        "LABEL org.opencontainers.image.authors=\"\\\"Me\\\" <me@x\\$y>\"\nlabel "
        "org.opencontainers.image.authors=\"You\"\n"},
       {"StageNameCasing", "FROM a AS Web\n", "FROM a AS web\n"},
       {"FromAsCasing", "FROM a as b\nfrom c AS d\n", "FROM a AS b\nfrom c as d\n"},
       {"ConsistentInstructionCasing", "FROM a\nRun b\nrun c\nRUN d\n", "FROM a\nRUN b\nRUN c\nRUN d\n"},
       {"LegacyKeyValueFormat", "FROM a\nENV k v\nENV l \\\n  a \\\n  b\nLABEL x $y\n",
        "FROM a\nENV k=v\nENV l=\"a \\\n  b\"\nLABEL x=$y\n"},
       {"NoEmptyContinuation", "FROM a\nRUN b \\\n\n \t\r\n # c\n  d\n", "FROM a\nRUN b \\\n # c\n  d\n"},
       {"ExposeProtoCasing", "FROM a\nEXPOSE 80/TCP 53/Udp 1\n", "FROM a\nEXPOSE 80/tcp 53/udp 1\n"}});
}

TEST_CASE("a JRE takes the JDK's place where the stage only starts java and the vendor has both") {
  const std::string start = "CMD [\"java\", \"-jar\", \"/app.jar\"]\n";
  const auto changed = [&](const std::string& before, const std::string& after) {
    CAPTURE(before);
    CHECK(fixed(before + start, "SL4030") == after + start);
  };
  changed("FROM eclipse-temurin:21-jdk-jammy\n", "FROM eclipse-temurin:21-jre-jammy\n");
  changed("FROM debian:12\nRUN apt-get install -y curl openjdk-17-jdk-headless\n",
          "FROM debian:12\nRUN apt-get install -y curl openjdk-17-jre-headless\n");
  changed("FROM debian:12\nRUN apt-get install -y default-jdk\n",
          "FROM debian:12\nRUN apt-get install -y default-jre\n");
  for (const auto* before :
       {"FROM openjdk:17\n", "FROM amazoncorretto:21-jdk\n", "FROM eclipse-temurin:21\n",
        "FROM eclipse-temurin:${V}-jdk\n", "FROM eclipse-temurin:21-jdk\nRUN javac A.java\n",
        "FROM debian:12\nRUN apt-get install -y default-jdk && mvn package\n",
        "FROM alpine:3\nRUN apk add openjdk17-jdk\n", "FROM debian:12\nRUN apt-get install -y openjdk-${V}-jdk\n"})
    changed(before, before);
  const std::string other = "FROM eclipse-temurin:21-jdk\nCMD [\"jshell\"]\n", silent = "FROM eclipse-temurin:21-jdk\n";
  CHECK(fixed(other, "SL4030") == other);
  CHECK(fixed(silent, "SL4030") == silent);
}

TEST_CASE("a byte order mark and wide encodings survive fixing") {
  CHECK(fixed("\xEF\xBB\xBF"
              "FROM a AS Web\n",
              "StageNameCasing") ==
        "\xEF\xBB\xBF"
        "FROM a AS web\n");
  const std::string before(
      "\xFF\xFE"
      "F\0R\0O\0M\0 \0a\0 \0A\0S\0 \0W\0",
      24);
  CHECK(fixed(before, "StageNameCasing") == before.substr(0, 22) + std::string("w\0", 2));
}

TEST_CASE("fixes of several rules end up in one file that nothing is left to fix in") {
  LintOptions options;
  options.profile = "compat";
  LintSource source;
  source.path = "Dockerfile";
  source.text = "from debian:12 as Web\nRUN apt update && apt install curl\nMAINTAINER me\nCMD nginx start\n";
  const auto once = fix_dockerfile(Ruleset::built_in(), source, options);
  REQUIRE(once);
  CHECK(once->text ==
        "FROM debian:12 AS web\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
        "LABEL org.opencontainers.image.authors=\"me\"\nCMD [\"nginx\", \"start\"]\n");
  for (const auto& finding : once->left.findings) CHECK_FALSE(finding.fix);
}

}  // namespace
}  // namespace imgslim
