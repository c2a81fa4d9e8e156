#pragma once
// For the tests of the outbox worker: a clock that is set, keys, mails that need no catalogue, and the world
// beyond a port.
#include "base/mutex.h"
#include "crypto/key_file.h"
#include "crypto/message_number.h"
#include "crypto/test_random.h"
#include "ports/clock.h"
#include "slices/messages/deliver.h"

#include <atomic>
#include <vector>

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

/// Behind a port: remembers what was sent, and answers as the test says, or not until it is released.
template <class Sent, class Outcome, class Result>
class FarEnd {
public:
    FarEnd(Outcome accepted, std::string words) : m_words(std::move(words)), m_answer(accepted) {}

    Task<Result> take(Sent sent)
    {
        Completion<Result> answered;
        {
            const Lock lock(m_mutex);
            m_seen.push_back(std::move(sent));
            if (m_holding)
                m_held.push_back(answered.source());
            else
                answered.source().value({m_answer, m_words});
            m_changed.notify_all();
        }
        co_return co_await answered;
    }
    void answer(Outcome outcome)
    {
        const Lock lock(m_mutex);
        m_answer = outcome;
    }
    void hold()
    {
        const Lock lock(m_mutex);
        m_holding = true;
    }
    /// Those that wait get the answer of now.
    void release()
    {
        std::vector<typename Completion<Result>::Source> held;
        Outcome answer{};
        {
            const Lock lock(m_mutex);
            m_holding = false;
            held.swap(m_held);
            answer = m_answer;
        }
        for (const auto& source : held) source.value({answer, m_words});
    }
    std::vector<Sent> wait_for(std::size_t count)
    {
        const Lock lock(m_mutex);
        while (m_seen.size() < count) m_changed.wait(m_mutex);
        return m_seen;
    }
    std::size_t seen()
    {
        const Lock lock(m_mutex);
        return m_seen.size();
    }

private:
    const std::string m_words;
    Mutex m_mutex;
    Condition m_changed;
    std::vector<Sent> m_seen GUARDED_BY(m_mutex);
    std::vector<typename Completion<Result>::Source> m_held GUARDED_BY(m_mutex);
    Outcome m_answer GUARDED_BY(m_mutex);
    bool m_holding GUARDED_BY(m_mutex) = false;
};

}  // namespace sallyport::messages::test
