// `sallyport mail`: kinds of mail that the breaker stopped, and what the operator says of them.
#include "adapters/system_clock.h"
#include "app/commands.h"
#include "app/open_database.h"
#include "store/mail_breakers.h"

#include <algorithm>
#include <iostream>

namespace sallyport::app {

namespace {

bool is_stopped(db::Tx& tx, const std::string& mail)
{
    const auto stopped = store::stopped_mails(tx);
    return std::ranges::find(stopped, mail, &store::StoppedMail::mail) != stopped.end();
}

/// -1: it is not stopped.
std::int64_t end_stop(db::Database& database, const std::string& mail, bool release)
{
    const Instant now = adapters::SystemClock().now();
    auto work = [&](db::Tx& tx) -> std::int64_t {
        if (!is_stopped(tx, mail)) return -1;
        if (!release) return store::drop_mail(tx, mail, now);
        return store::release_mail(tx, mail, policy::mail_breaker::released(now), now);
    };
    return sync_wait(database.transact(work));
}

}  // namespace

int run_list_stopped_mail(const std::filesystem::path& config)
{
    const auto database = open_as_it_is(read_config_or_fail(config));
    auto work = [](db::Tx& tx) { return store::stopped_mails(tx); };
    const auto stopped = sync_wait(database->transact(work));
    if (stopped.empty()) std::cout << "no kind of mail is stopped\n";
    for (const store::StoppedMail& one : stopped)
        std::cout << one.mail << " stopped, " << one.held << " waiting\n";
    return 0;
}

int run_end_stop(const std::filesystem::path& config, const std::string& mail, bool release)
{
    const auto database = open_as_it_is(read_config_or_fail(config));
    const std::int64_t rows = end_stop(*database, mail, release);
    if (rows < 0) {
        std::cerr << "sallyport: " << mail << " is not stopped\n";
        return 1;
    }
    std::cout << mail << ": " << rows << (release ? " leave now\n" : " dropped\n");
    return 0;
}

}  // namespace sallyport::app
