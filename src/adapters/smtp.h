#pragma once
// ports::Mailer by libcurl: RFC 5321 to the operator's relay, with STARTTLS (RFC 3207) or TLS from the first
// byte (RFC 8314), and AUTH (RFC 4954). Certificates are checked wherever there is TLS. Nothing of a message
// or of an address is logged.
//
// A few threads, each with a connection of its own, started as messages come: libcurl's SMTP waits inside the
// call for the answer to a message, so in one multi interface one slow answer would hold up all the others.
#include "base/secret.h"
#include "ports/mailer.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sallyport::adapters {

enum class SmtpTls : std::uint8_t {
    none,               // plain: only for a relay on the same machine
    starttls_offered,   // STARTTLS where the relay offers it
    starttls_required,  // STARTTLS, or nothing is sent
    implicit            // TLS from the first byte
};

struct SmtpOptions {
    std::string host;
    std::uint16_t port = 587;
    SmtpTls tls = SmtpTls::starttls_required;
    std::string user;  // empty: no AUTH
    Secret password;
    std::string ca_file;    // PEM; empty: the system's certificates
    std::string helo_host;  // how we greet the relay; empty: this machine's name
    std::chrono::seconds connect_seconds_max{10};
    std::chrono::seconds message_seconds_max{60};
    std::size_t in_flight_max = 8;  // connections, and threads, at most
    std::int64_t a_minute_max = 0;  // messages, evenly spaced; 0: no limit
};

class SmtpMailer final : public ports::Mailer {
public:
    /// What is wrong with the options, in words for the operator; nullopt where nothing is.
    static std::optional<std::string> problem_with(const SmtpOptions& options);

    /// Sets host, port and, for smtps://, implicit TLS from "smtp://host[:port]" or "smtps://host[:port]"
    /// (587 and 465 where none is said); false where it is neither.
    static bool set_relay(SmtpOptions& options, std::string_view url);

    /// CHECK: problem_with says nothing. Connects to nobody yet.
    explicit SmtpMailer(SmtpOptions options);
    /// Messages in flight get five seconds more and then end as try_again, as those that wait do at once.
    ~SmtpMailer() override;

    Task<ports::MailResult> send(ports::OutgoingMail mail) override;
    [[nodiscard]] bool has_room() const override;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::adapters
