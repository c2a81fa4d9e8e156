#pragma once
// For the tests of the outbox worker: a clock that is set, keys, and mails that need no catalogue.
#include "crypto/key_file.h"
#include "crypto/message_number.h"
#include "crypto/test_random.h"
#include "ports/clock.h"
#include "slices/messages/deliver.h"

#include <atomic>

namespace sallyport::messages::test {

inline const Instant start_of_test = from_unix_ms(1'795'331'501'000);

class SetClock final : public ports::Clock {
public:
    explicit SetClock(Instant start) : m_now(start) {}
    [[nodiscard]] Instant now() const override { return m_now.load(); }
    void advance(Duration by) { m_now = m_now.load() + by; }

private:
    std::atomic<Instant> m_now;
};

/// Stands for the catalogue: E0 is a mail that cannot be made.
inline RenderedMail render(const store::OutboxMail& mail, Instant)
{
    if (mail.mail == "E0") throw std::runtime_error("no such mail");
    return {mail.mail, mail.parameters.at(0).second, "<p>" + mail.parameters.at(0).second + "</p>"};
}

inline Sender sender()
{
    return {"Exchange", *Email::parse("security@exchange.example"), "exchange.example"};
}

struct RowKeys {
    explicit RowKeys(const crypto::KeyRing& ring) : sealer(ring, random), rows(ring), index(ring) {}
    crypto::TestRandom random;
    crypto::Sealer sealer;
    crypto::RowAuthenticator rows;
    crypto::IndexKey index;
    store::Keys keys{sealer, rows, index};
};

/// Of a row to ada@mail.example, from its serial: the number of the message (M6).
inline std::string message_id_of(db::Database& database, const store::Keys& keys, const OutboxId& id)
{
    const Bytes key = id.bytes();
    const auto found = sync_wait(database.read("SELECT message_serial FROM outbox WHERE id = $1", key));
    const auto number = crypto::MessageNumbers(keys.index).make(found.integer(0, 0), "ada@mail.example");
    return "<" + crypto::shown(number) + "@exchange.example>";
}

}  // namespace sallyport::messages::test
