// The clock of sallyport-test only: the machine's, moved by what stands in the file SALLYPORT_TEST_CLOCK
// ("+123000", milliseconds). A lint rule and a test hold that the release is built without this file.
#include "adapters/system_clock.h"
#include "app/commands.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace sallyport::app {

namespace {

class MovableClock final : public ports::Clock {
public:
    explicit MovableClock(std::string file) : m_file(std::move(file)) {}
    [[nodiscard]] Instant now() const override { return m_clock.now() + offset(); }

private:
    [[nodiscard]] Duration offset() const
    {
        if (m_file.empty()) return Duration{};
        const int file = ::open(m_file.c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) return Duration{};
        std::array<char, 32> text{};
        const auto size = ::read(file, text.data(), text.size() - 1);
        ::close(file);
        return size > 0 ? Duration{std::atoll(text.data())} : Duration{};
    }
    adapters::SystemClock m_clock;
    std::string m_file;
};

}  // namespace

std::unique_ptr<ports::Clock> make_clock()
{
    const char* const file = std::getenv("SALLYPORT_TEST_CLOCK");
    return std::make_unique<MovableClock>(file == nullptr ? "" : file);
}

}  // namespace sallyport::app
