#include "adapters/system_clock.h"

namespace sallyport::adapters {

Instant SystemClock::now() const { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

}  // namespace sallyport::adapters
