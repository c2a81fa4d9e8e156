#include "crypto/sodium_start.h"

#include "base/check.h"

#include <sodium.h>

namespace sallyport::crypto {

void start_sodium()
{
    static const int outcome = sodium_init();
    if (outcome < 0) throw Unavailable("libsodium cannot start");
}

}  // namespace sallyport::crypto
