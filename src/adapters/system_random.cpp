#include "adapters/system_random.h"

#include "base/check.h"

#include <sys/random.h>

#include <cerrno>

namespace sallyport::adapters {

void SystemRandom::fill(std::span<std::uint8_t> out)
{
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw Unavailable("the kernel gives no randomness");
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace sallyport::adapters
