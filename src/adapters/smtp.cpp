#include "adapters/smtp.h"

#include "adapters/transfers.h"
#include "base/check.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <deque>
#include <thread>

#include <sys/socket.h>

namespace sallyport::adapters {

namespace {

using ports::MailOutcome;
using ports::MailResult;
using ports::OutgoingMail;

constexpr std::size_t waiting_max = 256;  // messages
constexpr std::size_t detail_characters_max = 200;
constexpr auto stop_grace = std::chrono::seconds(5);
using Moment = std::chrono::steady_clock::time_point;

bool is_host(std::string_view host)
{
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-';
    });
}

/// Printable ASCII without what ends or nests a path (RFC 5321 section 4.1.2).
bool is_envelope_address(std::string_view address)
{
    return address.find('@') != std::string_view::npos &&
           std::ranges::all_of(address, [](char c) { return c > ' ' && c <= '~' && c != '<' && c != '>'; });
}

/// The relay's words for the operator: one printable line, and no address, which relays like to repeat.
std::string for_operator(std::string_view words)
{
    std::string out;
    while (!words.empty() && out.size() < detail_characters_max) {
        const std::size_t end = words.find_first_of(" \t\r\n");
        const std::string_view word = words.substr(0, end);
        words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
        if (word.empty()) continue;
        if (!out.empty()) out += ' ';
        if (word.find('@') != std::string_view::npos) {
            out += "(address)";
        } else {
            for (const char c : word) out += c > ' ' && c <= '~' ? c : '?';
        }
    }
    out.resize(std::min(out.size(), detail_characters_max));
    return out;
}

/// One message on its way; libcurl holds pointers into it.
struct Sending {
    Sending(OutgoingMail outgoing, Completion<MailResult>::Source answer)
        : mail(std::move(outgoing)), answered(std::move(answer))
    {
    }
    ~Sending()
    {
        curl_slist_free_all(recipients);
        for (std::string* part : {&mail.raw, &mail.text, &mail.html}) wipe_text(*part);
    }
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;

    OutgoingMail mail;
    Completion<MailResult>::Source answered;
    std::size_t sent = 0;
    std::string reply;  // the relay's last line
    char error[CURL_ERROR_SIZE] = {};
    curl_slist* recipients = nullptr;
    Moment give_up_at;
    const std::atomic<Moment>* stop_at = nullptr;
};

std::size_t read_message(char* out, std::size_t size, std::size_t count, void* user)
{
    auto& sending = *static_cast<Sending*>(user);
    const std::size_t bytes = std::min(size * count, sending.mail.raw.size() - sending.sent);
    std::memcpy(out, sending.mail.raw.data() + sending.sent, bytes);
    sending.sent += bytes;
    return bytes;
}

std::size_t keep_reply(char* line, std::size_t size, std::size_t count, void* user)
{
    const std::string_view text(line, std::min(size * count, std::size_t{512}));
    if (!text.starts_with("221"))
        static_cast<Sending*>(user)->reply = text;  // the answer to QUIT says nothing
    return size * count;
}

/// libcurl asks at least once a second whether to go on, also while it waits for an answer to QUIT.
int ended(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    const auto& sending = *static_cast<const Sending*>(user);
    return std::chrono::steady_clock::now() >= std::min(sending.give_up_at, sending.stop_at->load()) ? 1 : 0;
}

/// Frees the handle. libcurl says QUIT to every connection that it closes and waits up to two minutes for the
/// answer; here nothing more can be read, so it does not wait.
void close_at_once(Easy easy)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
        socket != CURL_SOCKET_BAD)
        ::shutdown(socket, SHUT_RD);
}

/// The reply's code; 0 where there is none.
int code_of(std::string_view reply)
{
    if (reply.size() < 3 ||
        !std::ranges::all_of(reply.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; }))
        return 0;
    return (reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0');
}

/// 530, 534, 535 and 538 speak of our log-in (RFC 4954 section 6), which the operator can mend, and 421 of
/// the whole service (RFC 5321 section 3.8): the message waits.
bool is_about_the_relay(int reply_code)
{
    return reply_code == 421 || reply_code == 530 || reply_code == 534 || reply_code == 535 ||
           reply_code == 538;
}

MailResult result_of(const Sending& sending, CURLcode code)
{
    if (code == CURLE_OK) return {MailOutcome::accepted, for_operator(sending.reply)};
    const int reply_code = code_of(sending.reply);
    // libcurl says CURLE_SEND_ERROR where MAIL, RCPT or DATA is refused, and CURLE_WEIRD_SERVER_REPLY where
    // the message is refused after it was sent. A greeting of 554 is the latter too, but nothing was sent
    // then.
    const bool refused_command = code == CURLE_SEND_ERROR;
    const bool refused_message = code == CURLE_WEIRD_SERVER_REPLY && sending.sent > 0;
    const bool answered = (refused_command || refused_message) && !is_about_the_relay(reply_code);
    const bool of_message = !ports::is_about_the_session(reply_code);
    if (answered && of_message && reply_code >= 500 && reply_code <= 599)
        return {MailOutcome::refused, for_operator(sending.reply)};
    std::string words = sending.error[0] != '\0' ? sending.error : curl_easy_strerror(code);
    if (reply_code >= 400) words += "; the relay said: " + sending.reply;
    if (answered && reply_code >= 400) return {MailOutcome::try_again, for_operator(words)};
    const bool all_sent = sending.sent == sending.mail.raw.size();
    const bool not_taken = refused_command || (refused_message && reply_code >= 400);
    return {all_sent && !not_taken ? MailOutcome::unclear : MailOutcome::unreachable, for_operator(words)};
}

}  // namespace

struct SmtpMailer::State {
    explicit State(SmtpOptions given) : options(std::move(given)) {}
    ~State();
    bool start(std::unique_ptr<Sending> sending);
    void run_lane();
    std::unique_ptr<Sending> next();
    void prepare(CURL* handle, Sending& sending) const;

    [[nodiscard]] bool has_room();

    const SmtpOptions options;
    std::atomic<Moment> stop_at = Moment::max();
    Mutex mutex;
    Condition wake;
    std::deque<std::unique_ptr<Sending>> waiting GUARDED_BY(mutex);
    std::vector<std::thread> lanes GUARDED_BY(mutex);
    std::size_t idle GUARDED_BY(mutex) = 0;
    Moment next_at GUARDED_BY(mutex){};  // no message leaves before
    bool stopping GUARDED_BY(mutex) = false;
};

SmtpMailer::State::~State()
{
    std::vector<std::thread> ending;
    std::deque<std::unique_ptr<Sending>> unsent;
    {
        const Lock lock(mutex);
        stopping = true;
        stop_at = std::chrono::steady_clock::now() + stop_grace;
        ending.swap(lanes);
        unsent.swap(waiting);
        wake.notify_all();
    }
    for (const auto& sending : unsent) sending->answered.value({MailOutcome::try_again, "stopping"});
    for (std::thread& lane : ending) lane.join();
}

bool SmtpMailer::State::start(std::unique_ptr<Sending> sending)
{
    const Lock lock(mutex);
    if (stopping || waiting.size() >= waiting_max) return false;
    waiting.push_back(std::move(sending));
    if (idle < waiting.size() && lanes.size() < options.in_flight_max)
        lanes.emplace_back([this] { run_lane(); });
    wake.notify_one();
    return true;
}

bool SmtpMailer::State::has_room()
{
    const Lock lock(mutex);
    return !stopping && waiting.empty() && next_at <= std::chrono::steady_clock::now();
}

std::unique_ptr<Sending> SmtpMailer::State::next()
{
    const Lock lock(mutex);
    ++idle;
    for (;;) {
        const auto wait = next_at - std::chrono::steady_clock::now();
        if (stopping || (!waiting.empty() && wait <= Moment::duration::zero())) break;
        if (waiting.empty())
            wake.wait(mutex);
        else
            wake.wait_for(mutex, std::chrono::ceil<std::chrono::milliseconds>(wait));
    }
    --idle;
    if (waiting.empty()) return nullptr;
    if (options.a_minute_max > 0)
        next_at = std::chrono::steady_clock::now() +
                  Moment::duration(std::chrono::minutes(1)) / options.a_minute_max;
    auto sending = std::move(waiting.front());
    waiting.pop_front();
    if (!waiting.empty()) wake.notify_one();
    return sending;
}

void SmtpMailer::State::run_lane()
{
    Easy easy = new_easy();
    for (auto sending = next(); sending; sending = next()) {
        prepare(easy.get(), *sending);
        const CURLcode code = curl_easy_perform(easy.get());
        const MailResult result = result_of(*sending, code);
        // After a failure libcurl may keep a connection on which an answer is still to come, and would take
        // that answer for the next message's: such a connection is never used again.
        if (code != CURLE_OK) {
            close_at_once(std::move(easy));
            easy = new_easy();
        }
        curl_easy_reset(easy.get());  // keeps the connection, forgets what it points to
        sending->answered.value(result);
    }
    close_at_once(std::move(easy));
}

std::optional<std::string> SmtpMailer::problem_with(const SmtpOptions& options)
{
    if (!is_host(options.host)) return "the relay's host is not a host name or an IPv4 address";
    if (!options.helo_host.empty() && !is_host(options.helo_host)) return "the greeting is not a host name";
    if (options.port == 0) return "the relay's port is 0";
    if (options.in_flight_max == 0 || options.in_flight_max > 64) return "in flight: 1 to 64";
    if (options.connect_seconds_max.count() < 1 || options.message_seconds_max < options.connect_seconds_max)
        return "the time for a message is shorter than the time to connect, or none";
    if (options.a_minute_max < 0) return "messages a minute: 1 or more; 0 is no limit";
    if (options.user.empty() != options.password.empty()) return "user and password go together";
    const bool always_tls = options.tls == SmtpTls::starttls_required || options.tls == SmtpTls::implicit;
    if (!options.user.empty() && !always_tls)
        return "a password is sent only where TLS is required: somebody between could take STARTTLS away";
    return std::nullopt;
}

bool SmtpMailer::set_relay(SmtpOptions& options, std::string_view url)
{
    constexpr std::uint16_t submission_port = 587;   // RFC 6409
    constexpr std::uint16_t submissions_port = 465;  // RFC 8314
    const bool implicit = url.starts_with("smtps://");
    if (!implicit && !url.starts_with("smtp://")) return false;
    url.remove_prefix(implicit ? 8 : 7);
    const std::size_t colon = url.find(':');
    std::uint16_t port = implicit ? submissions_port : submission_port;
    if (colon != std::string_view::npos) {
        const std::string_view digits = url.substr(colon + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return false;
    }
    if (!is_host(url.substr(0, colon))) return false;
    options.host = url.substr(0, colon);
    options.port = port;
    if (implicit) options.tls = SmtpTls::implicit;
    return true;
}

void SmtpMailer::State::prepare(CURL* handle, Sending& sending) const
{
    set_rules(handle, options.ca_file);
    const bool implicit = options.tls == SmtpTls::implicit;
    const std::string url = std::string(implicit ? "smtps://" : "smtp://") + options.host + ":" +
                            std::to_string(options.port) + "/" + options.helo_host;
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    long use_ssl = CURLUSESSL_ALL;
    if (options.tls == SmtpTls::none) use_ssl = CURLUSESSL_NONE;
    if (options.tls == SmtpTls::starttls_offered) use_ssl = CURLUSESSL_TRY;
    curl_easy_setopt(handle, CURLOPT_USE_SSL, use_ssl);
    if (!options.user.empty()) {
        std::string password(options.password.reveal_text());
        curl_easy_setopt(handle, CURLOPT_USERNAME, options.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, password.c_str());
        curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, "AUTH=*");
        wipe_text(password);
    }
    const auto milliseconds = [](std::chrono::seconds time) {
        return static_cast<long>(time.count()) * 1000;
    };
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_seconds_max));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds(options.message_seconds_max));
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, ("<" + sending.mail.envelope_from + ">").c_str());
    sending.recipients = curl_slist_append(nullptr, ("<" + sending.mail.envelope_to + ">").c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, sending.recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(sending.mail.raw.size()));
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(handle, CURLOPT_READDATA, &sending);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, keep_reply);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &sending);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, sending.error);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, ended);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &sending);
    sending.stop_at = &stop_at;
    sending.give_up_at = std::chrono::steady_clock::now() + options.message_seconds_max;
}

SmtpMailer::SmtpMailer(SmtpOptions options)
{
    CHECK(!problem_with(options));
    m_state = std::make_unique<State>(std::move(options));
}

SmtpMailer::~SmtpMailer() = default;

bool SmtpMailer::has_room() const { return m_state->has_room(); }

Task<MailResult> SmtpMailer::send(OutgoingMail mail)
{
    CHECK(is_envelope_address(mail.envelope_from) && is_envelope_address(mail.envelope_to));
    CHECK(mail.raw.ends_with("\r\n"));
    Completion<MailResult> answered;
    auto sending = std::make_unique<Sending>(std::move(mail), answered.source());
    if (!m_state->start(std::move(sending)))
        answered.source().value({MailOutcome::try_again, "too many messages wait for the relay"});
    co_return co_await answered;
}

}  // namespace sallyport::adapters
