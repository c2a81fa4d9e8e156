#pragma once
// The outbox worker of one channel (mail, or text messages): takes due rows under a lease, renders, sends,
// and at once marks each delivered and wipes its parameters. Killed at any
// moment it loses nothing, since a row stays until the relay has the message; a message is sent twice only
// where SMTP leaves it open (RFC 5321 section 4.5.3.2.6: the relay has it, its answer was not yet written
// down), then with the same Message-ID, and at most outbox_in_flight_max of them a kill: the next row is
// taken in the transaction that marks another. Several processes share one outbox
// (docs/decisions/mail-leases.md).
#include "db/database.h"
#include "policy/mail_breaker.h"
#include "ports/clock.h"
#include "ports/mailer.h"
#include "ports/texter.h"
#include "slices/messages/compose.h"
#include "store/outbox.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sallyport::messages {

/// A row taken by a process that dies is another's after this, and the next start's.
inline constexpr Duration mail_lease = std::chrono::seconds(30);
/// How often a living process renews its leases, which must not end while it works.
inline constexpr Duration mail_lease_renewal = std::chrono::seconds(5);
/// How often rows of other processes, and rows due again, are looked for: half of the promised second.
inline constexpr std::chrono::milliseconds outbox_poll_ms{500};
/// Messages handed to the mailer at a time, and not marked yet: so many a kill may double.
inline constexpr std::size_t outbox_in_flight_max = 4;
inline constexpr Duration first_delay = std::chrono::seconds(30);
inline constexpr Duration longest_delay = std::chrono::hours(1);

inline constexpr Duration longest_useful = std::chrono::hours(24);

/// How long a mail or text is tried: a code until it expires, everything else 24 h. A failure after that is
/// the last one; a code is not even tried.
Duration useful_for(std::string_view mail);
/// The wait after the `attempts`th try: 30 s, doubling, at most 1 h.
Duration delay_after(std::int64_t attempts);

struct RenderedMail {
    std::string subject;
    std::string text;
    std::string html;
};
/// Makes a mail of the catalogue from an outbox row; may throw, which delays the row.
using MailRenderer = std::function<RenderedMail(const store::OutboxMail& mail, Instant created_at)>;

/// As MailRenderer, for the text of a row of that channel.
using TextRenderer = std::function<std::string(const store::OutboxMail& text, Instant created_at)>;

/// What became of a try.
struct Carried {
    ports::MailResult result;
    Bytes kept{};  // what stays of a mail as it was handed over (store::sealed_with_parts); empty: as before
};

/// How the rows of a channel leave; may throw, which delays the row.
class Carrier {
public:
    virtual ~Carrier() = default;
    virtual Task<Carried> carry(const store::OutboxMail& row, Instant created_at) = 0;
};

class Deliverer {
public:
    /// Starts at once. What is referred to must outlive it; `render` is called on its thread.
    Deliverer(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
              ports::Mailer& mailer, MailRenderer render, Sender sender,
              policy::mail_breaker::Limits breaker = {});
    /// Of text messages.
    Deliverer(db::Database& database, const store::Keys& keys, const ports::Clock& clock,
              ports::Texter& texter, TextRenderer render, policy::mail_breaker::Limits breaker = {});
    /// Takes no more rows, waits for those in flight (the mailer bounds that), whose leases it goes on
    /// renewing, and for the thread.
    ~Deliverer();
    Deliverer(const Deliverer&) = delete;
    Deliverer& operator=(const Deliverer&) = delete;

    /// There is a new row: look now. Any thread; without it the row is found within outbox_poll_ms.
    void wake();

    /// Since start, for metrics.
    struct Counts {
        std::atomic<std::uint64_t> delivered = 0;
        std::atomic<std::uint64_t> delayed = 0;
        std::atomic<std::uint64_t> failed = 0;
    };
    [[nodiscard]] const Counts& counts() const noexcept;

private:
    class Loop;
    std::unique_ptr<Loop> m_loop;
};

}  // namespace sallyport::messages
