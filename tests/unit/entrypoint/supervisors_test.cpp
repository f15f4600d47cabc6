#include "entrypoint/supervisors.h"

#include "root.h"

using namespace imgslim;
using test::Lines;
using test::outline;
using test::Root;

namespace {

bool has(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace

TEST_CASE("supervisord starts the programs of its configuration and of what that includes") {
  Root root;
  root.programs({"usr/bin/python3", "usr/sbin/nginx", "usr/bin/app", "usr/bin/off"});
  root.text("usr/bin/supervisord", "#!/usr/bin/python3\n");
  root.text("etc/supervisor/supervisord.conf",
            "[supervisord]\nnodaemon=true ; comment\n[program:web]\ncommand=/usr/sbin/nginx -g \"daemon off;\"\n"
            "[include]\nfiles = conf.d/*.conf\n",
            0644);
  root.text("etc/supervisor/conf.d/app.conf",
            "[program:app]\ncommand=app --name %(program_name)s\n    --more\ndirectory=/srv\n"
            "environment=A=\"1\",B='2'\n[program:off]\ncommand=off\nautostart=false\n",
            0644);
  const auto plan = root.run({"supervisord", "-n"});
  const auto lines = outline(plan);
  CHECK(lines.at(0) == "certain main /usr/bin/python3: /usr/bin/python3 /usr/bin/supervisord -n");
  CHECK(has(lines, "declared service /usr/sbin/nginx: /usr/sbin/nginx -g daemon off;"));
  CHECK(has(lines, "declared service /usr/bin/app: app --name app --more"));
  CHECK(has(lines, "possible service /usr/bin/off: off"));
  CHECK(plan.processes.at(2).working_directory == "/srv");
  CHECK(plan.processes.at(2).environment.at(1) == "B=2");
}

TEST_CASE("s6-overlay runs its scripts, its services and its arguments") {
  Root root;
  root.programs({"bin/sh", "usr/bin/app", "usr/bin/web", "usr/bin/job"});
  root.text("init", "#!/bin/sh -e\nexec /package/admin/s6-overlay/libexec/preinit \"$@\"\n");
  root.text("etc/cont-init.d/10-a", "#!/bin/sh\njob --first\n");
  root.text("etc/services.d/web/run", "#!/bin/sh\nexec web\n");
  root.text("etc/s6-overlay/s6-rc.d/job/up", "/usr/bin/job --second", 0644);
  const auto lines = outline(root.run({"/init"}, {"app"}));
  CHECK(lines.at(0) == "certain main /bin/sh: /bin/sh -e /init app");
  CHECK(has(lines, "likely service /usr/bin/web: web"));
  CHECK(has(lines, "declared main /usr/bin/app: app"));
}

TEST_CASE("runsvdir runs the services of its directory") {
  Root root;
  root.programs({"bin/sh", "usr/bin/runsvdir", "usr/bin/app"});
  root.text("etc/service/app/run", "#!/bin/sh\nexec 2>&1\nexec app -f\n").text("etc/service/app/down2", "");
  const auto lines = outline(root.run({"runsvdir", "-P", "/etc/service"}));
  CHECK(has(lines, "certain main /usr/bin/runsvdir: runsvdir -P /etc/service"));
  CHECK(has(lines, "likely service /usr/bin/app: app -f"));
}

TEST_CASE("systemd starts the services that its targets want") {
  Root root;
  root.programs({"usr/lib/systemd/systemd", "usr/sbin/sshd"}).symlink("sbin/init", "/usr/lib/systemd/systemd");
  root.text("usr/lib/systemd/system/ssh.service", "[Service]\nExecStart=-/usr/sbin/sshd -D \\\n  -e\n", 0644);
  root.symlink("etc/systemd/system/multi-user.target.wants/ssh.service", "/usr/lib/systemd/system/ssh.service");
  CHECK(has(outline(root.run({"/sbin/init"})), "declared service /usr/sbin/sshd: /usr/sbin/sshd -D -e"));
}

TEST_CASE("npm start runs the package's script with its programs in PATH") {
  Root root;
  root.programs({"usr/bin/node", "usr/bin/env", "bin/sh"}).text("usr/lib/npm-cli.js", "#!/usr/bin/env node\n");
  root.symlink("usr/bin/npm", "../lib/npm-cli.js");
  root.text("app/package.json", R"({"scripts": {"start": "PORT=1 serve .", "old": "node a.js"}})", 0644);
  root.text("app/node_modules/.bin/serve", "#!/usr/bin/env node\n");
  image::ImageConfig config;
  config.working_dir = "/app";
  config.cmd = {"npm", "start", "--", "-x"};
  const auto plan = root.plan(config);
  const auto lines = outline(plan);
  CHECK(has(lines, "certain helper /usr/bin/env: /usr/bin/env node /usr/bin/npm start -- -x"));
  CHECK(has(lines, "certain helper /usr/bin/node: node /usr/bin/npm start -- -x"));
  CHECK(has(lines, "likely main /usr/bin/node: node /app/node_modules/.bin/serve . -x"));
}
