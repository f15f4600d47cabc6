#include <openssl/evp.h>
#include <sqlite3.h>

#include <cstdio>

int main() {
  sqlite3* database = nullptr;
  const int opened = sqlite3_open(":memory:", &database);
  std::printf("sqlite %s, sha256 of %d bytes\n", sqlite3_libversion(), EVP_MD_get_size(EVP_sha256()));
  sqlite3_close(database);
  return opened == SQLITE_OK ? 0 : 1;
}
