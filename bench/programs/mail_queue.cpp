// Mail in numbers: how many a core makes (text, HTML, two signatures), how many leave to a sink on this
// machine while many wait, and how long a code then takes from its event to SMTP.
//     mail_queue FOLDER WAITING CODES
// prints "made N" and "left N" (mails a second), "code_p50_ms N", "code_p95_ms N" and "code_max_ms N".
#include "adapters/smtp.h"
#include "adapters/system_clock.h"
#include "db/open.h"
#include "slices/messages/mails.h"
#include "slices/messages/outbox_fixture.h"
#include "smtp_sink.h"
#include "support/dkim_keys.h"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <iostream>

namespace {

using namespace sallyport;
using std::chrono::steady_clock;

constexpr int made_count = 2'000;
constexpr int rows_in_transaction = 1'000;
const messages::MailBrand brand{"Exchange", "accounts.exchange.example"};

double thread_seconds()
{
    timespec spent{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

messages::Sender signing_sender()
{
    std::vector<messages::DkimSelector> selectors;
    selectors.push_back({"r1", std::move(*crypto::DkimKey::parse(test::rsa_pem()))});
    selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(test::ed25519_pem()))});
    return {"Exchange", *Email::parse("accounts@exchange.example"), "exchange.example",
            std::make_shared<const messages::DkimSigner>("exchange.example", std::move(selectors))};
}

class Queue {
public:
    explicit Queue(const std::string& folder)
        : m_database(db::open({db::Engine::sqlite, folder + "/mail.db"}))
    {
    }

    store::OutboxMail row(std::string mail, std::string to)
    {
        std::array<std::uint8_t, 10> random{};
        m_keys.random.fill(random);
        return {OutboxId(make_uuid_v7(m_clock.now(), random)),
                std::nullopt,
                std::move(mail),
                std::move(to),
                "en",
                {{"at", "1795331501000"},
                 {"browser", "Firefox on Windows"},
                 {"address", "192.0.2.7"},
                 {"code", "48213097"},
                 {"words", "amber lantern 4821"}}};
    }

    double made_a_second()
    {
        const std::string kinds[] = {"E2", "E11", "E19"};
        const double begun = thread_seconds();
        for (int n = 0; n < made_count; ++n) {
            const auto mail = row(kinds[n % 3], "ada@mail.example");
            auto rendered = messages::render_mail(brand, mail, m_clock.now());
            const auto made = compose(m_sender, {*Email::parse(mail.to), std::move(rendered.subject),
                                                 std::move(rendered.text), std::move(rendered.html), mail.id,
                                                 m_clock.now(), mail.language});
            if (made.raw.empty()) throw std::runtime_error("nothing was made");
        }
        return made_count / (thread_seconds() - begun);
    }

    void put_notices(int count)
    {
        for (int first = 0; first < count; first += rows_in_transaction) {
            auto work = [&](db::Tx& tx) {
                for (int n = first; n < std::min(count, first + rows_in_transaction); ++n)
                    put_mail(tx, m_keys.keys, row("E11", "person@mail.example"), store::MailPriority::notice,
                             m_clock.now());
            };
            sync_wait(m_database->transact(work));
        }
    }

    /// Sends codes one after another while the notices leave; prints what it found.
    void deliver(int codes)
    {
        bench::SmtpSink sink([this](std::string_view recipient) { took(recipient); });
        adapters::SmtpOptions options;
        options.host = "127.0.0.1";
        options.port = sink.port();
        options.tls = adapters::SmtpTls::none;
        options.in_flight_max = messages::outbox_in_flight_max;
        adapters::SmtpMailer mailer(std::move(options));
        messages::Deliverer deliverer(
            *m_database, m_keys.keys, m_clock, mailer,
            [](const store::OutboxMail& mail, Instant at) { return messages::render_mail(brand, mail, at); },
            m_sender);
        const auto begun = steady_clock::now();
        std::vector<double> taken_ms;
        for (int n = 0; n < codes; ++n) taken_ms.push_back(send_code(deliverer, n));
        const std::chrono::duration<double> spent = steady_clock::now() - begun;
        std::ranges::sort(taken_ms);
        const auto at = [&](double share) {
            return taken_ms[static_cast<std::size_t>(share * static_cast<double>(taken_ms.size() - 1))];
        };
        std::cout << "left " << static_cast<double>(m_taken.load()) / spent.count() << "\ncode_p50_ms "
                  << at(0.5) << "\ncode_p95_ms " << at(0.95) << "\ncode_max_ms " << at(1) << '\n';
    }

private:
    void took(std::string_view recipient)
    {
        ++m_taken;
        const std::lock_guard lock(m_mutex);
        if (recipient != m_awaited) return;
        m_awaited.clear();
        m_came.notify_one();
    }
    double send_code(messages::Deliverer& deliverer, int number)
    {
        const std::string to = "code" + std::to_string(number) + "@mail.example";
        {
            const std::lock_guard lock(m_mutex);
            m_awaited = to;
        }
        const auto asked = steady_clock::now();
        auto work = [&](db::Tx& tx) {
            put_mail(tx, m_keys.keys, row("E2", to), store::MailPriority::code, m_clock.now());
        };
        sync_wait(m_database->transact(work));
        deliverer.wake();
        std::unique_lock lock(m_mutex);
        m_came.wait(lock, [this] { return m_awaited.empty(); });
        return std::chrono::duration<double, std::milli>(steady_clock::now() - asked).count();
    }

    crypto::TestRandom m_random;
    crypto::KeyRing m_ring = crypto::KeyRing::generate(m_random);
    messages::test::RowKeys m_keys{m_ring};
    adapters::SystemClock m_clock;
    messages::Sender m_sender = signing_sender();
    std::unique_ptr<db::Database> m_database;
    std::atomic<std::int64_t> m_taken = 0;
    std::mutex m_mutex;
    std::condition_variable m_came;
    std::string m_awaited;
};

}  // namespace

int main(int argument_count, char** arguments)
{
    try {
        if (argument_count != 4) throw std::runtime_error("mail_queue FOLDER WAITING CODES");
        Queue queue(arguments[1]);
        std::cout << "made " << queue.made_a_second() << '\n';
        queue.put_notices(std::stoi(arguments[2]));
        queue.deliver(std::stoi(arguments[3]));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
