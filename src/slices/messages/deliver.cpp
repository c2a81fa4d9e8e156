#include "slices/messages/deliver.h"

#include "base/check.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/secret.h"
#include "slices/messages/breaker.h"
#include "slices/messages/carriers.h"
#include "slices/messages/verdicts.h"

#include <algorithm>
#include <deque>
#include <thread>

namespace sallyport::messages {

namespace {

using ports::MailOutcome;
using ports::MailResult;
using store::ClaimedMail;

/// A row that is ours for now.
struct Claim {
    OutboxId id;
    std::int64_t attempts;
};

void wipe(ClaimedMail& claimed)
{
    for (auto& [name, value] : claimed.mail.parameters) wipe_text(value);
}

}  // namespace

Duration useful_for(std::string_view mail)
{
    if (mail == "E1") return std::chrono::minutes(15);  // policy.md: the sign-up's code
    // policy/challenge.h: every other code, by mail or text
    for (const char* const code :
         {"E2", "E2-second", "E3", "E4", "E5", "E6", "E7", "E7-again", "E8", "T1", "T2", "T3"})
        if (mail == code) return std::chrono::minutes(10);
    return longest_useful;
}

Duration delay_after(std::int64_t attempts)
{
    Duration delay = first_delay;
    for (std::int64_t i = 1; i < attempts && delay < longest_delay; ++i) delay *= 2;
    return std::min(delay, longest_delay);
}

/// A thread that is the scheduler of its coroutines: one that claims, and one for each message in flight.
class Deliverer::Loop final : public Scheduler {
public:
    Loop(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
         store::OutboxChannel channel, std::unique_ptr<Carrier> carrier, policy::mail_breaker::Limits breaker)
        : m_database(database), m_keys(keys), m_clock(clock), m_channel(channel),
          m_carrier(std::move(carrier)), m_breaker(breaker), m_thread([this] { run(); })
    {
    }
    ~Loop() override
    {
        {
            const Lock lock(m_mutex);
            m_stopping = true;
            m_changed.notify_one();
        }
        m_thread.join();
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void post(std::coroutine_handle<> handle) override
    {
        const Lock lock(m_mutex);
        m_ready.push_back(handle);
        m_changed.notify_one();
    }
    void wake()
    {
        const Lock lock(m_mutex);
        m_look = true;
        m_changed.notify_one();
    }
    Counts m_counts;

private:
    void run();
    std::coroutine_handle<> next(bool& look, bool& stopping) EXCLUDES(m_mutex);
    void start_look();
    Task<void> look_for_mail();
    Task<Passed> turn(std::vector<Verdict> verdicts, std::size_t free);
    Task<void> deliver(ClaimedMail claimed);
    Task<Carried> send(const ClaimedMail& claimed);
    void let_go(const OutboxId& id);
    [[nodiscard]] bool is_stopping() EXCLUDES(m_mutex);
    void count(const Verdict& verdict);

    db::Database& m_database;
    const store::Keys& m_keys;
    const ports::Clock& m_clock;
    const store::OutboxChannel m_channel;
    const std::unique_ptr<Carrier> m_carrier;
    const policy::mail_breaker::Limits m_breaker;

    Mutex m_mutex;
    Condition m_changed;
    std::deque<std::coroutine_handle<>> m_ready GUARDED_BY(m_mutex);
    bool m_look GUARDED_BY(m_mutex) = true;
    bool m_stopping GUARDED_BY(m_mutex) = false;

    // Of the thread alone.
    std::vector<Claim> m_in_flight;
    Instant m_renewed_at;
    Instant m_looked_at = Instant::max();  // as if the clock had been set back before the start
    bool m_looking = false;
    bool m_look_again = false;
    bool m_last_look = false;
    bool m_database_answers = true;
    std::vector<Verdict> m_verdicts;  // that the database did not take yet
    std::thread m_thread;             // last: it uses all of the above
};

std::coroutine_handle<> Deliverer::Loop::next(bool& look, bool& stopping)
{
    const Lock lock(m_mutex);
    if (m_ready.empty() && !m_look && !(m_stopping && m_in_flight.empty() && !m_looking)) {
        m_changed.wait_for(m_mutex, outbox_poll_ms);
        m_look = m_look || m_ready.empty();  // nothing happened: time to look
    }
    stopping = m_stopping;
    look = m_look;
    if (m_ready.empty()) {
        m_look = false;
        return nullptr;
    }
    const auto handle = m_ready.front();
    m_ready.pop_front();
    return handle;
}

void Deliverer::Loop::run()
{
    const Here here(*this);
    for (;;) {
        bool look = false;
        bool stopping = false;
        if (const auto handle = next(look, stopping)) {
            handle.resume();
            continue;
        }
        if (m_looking) {
            m_look_again = m_look_again || look;
        } else if (!stopping || !m_in_flight.empty()) {
            start_look();
        } else {
            // A verdict that the database does not take now: the row's lease ends, and it is sent once more.
            if (m_verdicts.empty() || std::exchange(m_last_look, true)) return;
            start_look();
        }
    }
}

void Deliverer::Loop::start_look()
{
    m_looking = true;
    start_detached(look_for_mail(), [this](std::exception_ptr error) {
        m_looking = false;
        if (std::exchange(m_look_again, false)) wake();
        const bool answered = error == nullptr;
        if (answered != m_database_answers)
            log::write(log::Level::warning, answered ? "outbox_reachable" : "outbox_unreachable");
        m_database_answers = answered;
    });
}

bool Deliverer::Loop::is_stopping()
{
    const Lock lock(m_mutex);
    return m_stopping;
}

/// One transaction: what was sent is marked, what is under way stays ours, and what there is room for is
/// claimed.
Task<Passed> Deliverer::Loop::turn(std::vector<Verdict> verdicts, std::size_t free)
{
    const Instant now = m_clock.now();
    // Rows in flight are renewed before any is claimed: after an outage their leases may have ended.
    const bool renewing = !m_in_flight.empty() && now - m_renewed_at >= mail_lease_renewal;
    if (verdicts.empty() && free == 0 && !renewing) co_return Passed();
    const bool set_back = now < m_looked_at;
    const std::vector<Claim> ours = renewing ? m_in_flight : std::vector<Claim>();
    auto work = [this, &verdicts, &ours, free, set_back, now](db::Tx& tx) {
        for (const Verdict& verdict : verdicts) apply(tx, m_keys, verdict, now);
        for (const Claim& claim : ours) store::renew_claim(tx, claim.id, claim.attempts, mail_lease, now);
        if (set_back) store::due_again(tx, now, longest_delay, m_channel);
        if (free == 0 || !store::mail_is_due(tx, now, m_channel)) return Passed();
        auto claimed =
            store::claim_mail(tx, m_keys, static_cast<std::int64_t>(free), mail_lease, now, m_channel);
        return pass_breakers(tx, std::move(claimed), m_breaker, now);
    };
    auto passed = co_await m_database.transact(work);
    m_looked_at = now;
    if (renewing || m_in_flight.empty() || set_back) m_renewed_at = now;
    co_return passed;
}

Task<void> Deliverer::Loop::look_for_mail()
{
    const std::vector<Verdict> verdicts = std::exchange(m_verdicts, {});
    const std::size_t free = is_stopping() ? 0 : outbox_in_flight_max - m_in_flight.size();
    Passed passed;
    std::exception_ptr error;
    try {
        auto answer = co_await turn(verdicts, free);
        passed = std::move(answer);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {  // they are marked when the database answers again
        m_verdicts.insert(m_verdicts.begin(), verdicts.begin(), verdicts.end());
        std::rethrow_exception(error);
    }
    for (const Verdict& verdict : verdicts) count(verdict);
    for (const std::string& kind : passed.tripped)
        log::write(log::Level::alarm, "mail_stopped",
                   {{"mail", kind}, {"a_minute", std::to_string(m_breaker.same_a_minute_max)}});
    for (ClaimedMail& mail : passed.leaving) {
        const OutboxId id = mail.mail.id;
        m_in_flight.push_back({id, mail.attempts});
        start_detached(deliver(std::move(mail)), [this, id](std::exception_ptr stuck) {
            if (stuck) log::write(log::Level::error, "mail_stuck");  // out of memory: the row's lease ends
            let_go(id);
            wake();
        });
    }
}

void Deliverer::Loop::let_go(const OutboxId& id)
{
    std::erase_if(m_in_flight, [&id](const Claim& claim) { return claim.id == id; });
}

Task<Carried> Deliverer::Loop::send(const ClaimedMail& claimed)
{
    // After an outage nobody wants a code that no longer works; a notice is tried however late, for the clock
    // may be what is wrong.
    const Duration useful = useful_for(claimed.mail.mail);
    if (useful < longest_useful && m_clock.now() > claimed.created_at + useful)
        co_return Carried{{MailOutcome::refused, "given up: too late to be of use"}};
    try {
        co_return co_await m_carrier->carry(claimed.mail, claimed.created_at);
    } catch (const std::exception& error) {
        log::write(log::Level::error, "mail_not_made", {{"mail", claimed.mail.mail}, {"why", error.what()}});
    }
    co_return Carried{{MailOutcome::try_again, "the mail could not be made"}};
}

/// The verdict is marked in the next look, which begins at once and claims another row in its place.
Task<void> Deliverer::Loop::deliver(ClaimedMail claimed)
{
    auto carried = co_await send(claimed);
    wipe(claimed);
    const Instant end = claimed.created_at + useful_for(claimed.mail.mail);
    Verdict verdict = verdict_on(claimed, carried.result, end, m_clock.now());
    verdict.kept = std::move(carried.kept);
    m_verdicts.push_back(std::move(verdict));
}

void Deliverer::Loop::count(const Verdict& verdict)
{
    const std::string id = verdict.id.text();
    switch (verdict.kind) {
    case Verdict::Kind::delivered: ++m_counts.delivered; break;
    case Verdict::Kind::delayed:
        ++m_counts.delayed;
        log::write(log::Level::info, "mail_delayed", {{"id", id}, {"relay", verdict.answer}});
        break;
    case Verdict::Kind::failed:
        ++m_counts.failed;
        log::write(log::Level::error, "mail_failed", {{"id", id}, {"relay", verdict.answer}});
        break;
    }
}

Deliverer::Deliverer(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
                     ports::Mailer& mailer, MailRenderer render, Sender sender,
                     policy::mail_breaker::Limits breaker)
    : m_loop(std::make_unique<Loop>(database, keys, clock, store::OutboxChannel::mail,
                                    mail_carrier(mailer, keys, std::move(render), std::move(sender)),
                                    breaker))
{
}

Deliverer::Deliverer(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
                     ports::Texter& texter, TextRenderer render, policy::mail_breaker::Limits breaker)
    : m_loop(std::make_unique<Loop>(database, keys, clock, store::OutboxChannel::text,
                                    text_carrier(texter, std::move(render)), breaker))
{
}

Deliverer::~Deliverer() = default;

void Deliverer::wake() { m_loop->wake(); }

const Deliverer::Counts& Deliverer::counts() const noexcept { return m_loop->m_counts; }

}  // namespace sallyport::messages
