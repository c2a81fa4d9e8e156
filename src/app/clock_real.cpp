// The release's clock: the machine's, which nothing can move.
#include "adapters/system_clock.h"
#include "app/commands.h"

namespace sallyport::app {

std::unique_ptr<ports::Clock> make_clock() { return std::make_unique<adapters::SystemClock>(); }

}  // namespace sallyport::app
