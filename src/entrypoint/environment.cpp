#include "entrypoint/environment.h"

namespace imgslim::entrypoint {
namespace {

/// The fields of a line of /etc/passwd.
std::optional<Account> account_of(std::string_view line) {
  std::string_view fields[7];
  for (auto& field : fields) {
    const auto end = line.find(':');
    field = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  if (fields[2].empty()) return std::nullopt;
  return Account{std::string(fields[0]), std::string(fields[2]), std::string(fields[3]), std::string(fields[5]),
                 std::string(fields[6])};
}

}  // namespace

std::optional<Account> find_account(const rootfs::FileSystem& files, std::string_view user) {
  auto text = files.text_at("/etc/passwd").value_or("");
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto account = account_of(text.substr(0, end));
    if (account && (account->name == user || account->uid == user)) return account;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::nullopt;
}

std::string user_of(std::string_view configured) {
  const auto name = configured.substr(0, configured.find(':'));
  return name == "root" || name == "0" ? std::string() : std::string(name);
}

Variables environment_of(const rootfs::FileSystem& files, const image::ImageConfig& config) {
  Variables variables;
  for (const auto& entry : config.env) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos || equals == 0 || entry.find('\0') != std::string::npos) continue;
    variables.insert_or_assign(entry.substr(0, equals), entry.substr(equals + 1));
  }
  variables.try_emplace("PATH", default_path);
  if (value_of(variables, "HOME").empty()) {
    const auto user = user_of(config.user);
    const auto account = find_account(files, user.empty() ? "0" : user);
    variables.insert_or_assign("HOME", account && !account->home.empty() ? account->home
                                       : user.empty()                    ? "/root"
                                                                         : "/");
  }
  return variables;
}

}  // namespace imgslim::entrypoint
