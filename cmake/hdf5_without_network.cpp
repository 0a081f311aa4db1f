// Debian 13's HDF5 can open files on web servers, for which its static library
// wants libcurl and libcrypto, and these some thirty more in every process.
// polytask reads files that are here. So these are what that driver calls, and
// each says that it failed. Hidden, so that no library in the process meets
// them.

#define NEVER(name)                                               \
  extern "C" __attribute__((visibility("hidden"))) void* name() { \
    return nullptr;                                               \
  }
#define FAILS(name) \
  extern "C" __attribute__((visibility("hidden"))) int name() { return 1; }

NEVER(curl_easy_init)
NEVER(curl_easy_cleanup)
NEVER(curl_global_cleanup)
NEVER(curl_slist_append)
NEVER(curl_slist_free_all)
NEVER(HMAC)
NEVER(SHA256)
NEVER(EVP_sha256)
FAILS(curl_easy_perform)
FAILS(curl_easy_setopt)
FAILS(curl_global_init)
