// `sallyport mail bounced`: the end of a mailbox's pipe.
#include "adapters/system_clock.h"
#include "adapters/system_random.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/instance.h"
#include "app/open_database.h"
#include "crypto/key_file.h"
#include "crypto/mac.h"
#include "crypto/seal.h"
#include "slices/messages/take_report.h"

#include <iostream>
#include <unistd.h>

namespace sallyport::app {

namespace {

constexpr int done = 0;
constexpr int try_again = 75;  // sysexits.h, EX_TEMPFAIL: the mail server keeps the report

/// As much as is looked at; the rest is read and dropped, so that the mail server sees no broken pipe.
std::string read_input()
{
    std::string text;
    char buffer[16 * 1024];
    for (;;) {
        const ssize_t bytes = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (bytes <= 0) return text;
        const std::size_t room = messages::report_bytes_max - text.size();
        text.append(buffer, std::min(static_cast<std::size_t>(bytes), room));
    }
}

policy::deliverability::ReportAnswer take(const std::filesystem::path& file, messages::DeliveryReport report)
{
    const Config config = read_config_or_fail(file);
    const auto ring = crypto::KeyRing::load(config.key_file.string());
    if (!ring) throw StartFailed(ring.error().message);
    adapters::SystemRandom random;
    const crypto::Sealer sealer(*ring, random);
    const crypto::RowAuthenticator rows(*ring);
    const crypto::IndexKey index(*ring);
    const store::Keys keys{sealer, rows, index};
    const auto database = open_as_it_is(config);
    const Instant now = make_clock()->now();
    return sync_wait(messages::take_report(*database, keys, now, std::move(report)));
}

}  // namespace

int run_take_bounce(const std::filesystem::path& config, const std::string& to)
{
    auto report = messages::read_report(read_input());
    if (!report) {
        std::cout << "ignored: no report of a failure or a complaint\n";
        return done;
    }
    if (!to.empty()) report->tagged.insert(report->tagged.begin(), to);
    try {
        std::cout << messages::name_of(take(config, std::move(*report))) << '\n';
    } catch (const std::exception& error) {
        std::cerr << "sallyport: " << error.what() << '\n';
        return try_again;
    }
    return done;
}

}  // namespace sallyport::app
