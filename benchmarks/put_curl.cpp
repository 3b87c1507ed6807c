// The job as a program around libcurl's multi interface does it:
//
//   put_curl INPUT.csv OUTCOMES.csv URL CA_FILE CONNECTIONS
#include <curl/curl.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string list_of(std::string names) {
  std::string list = "[\"";
  for (const char c : names) list += c == '|' ? std::string("\",\"") : std::string(1, c);
  return list + "\"]";
}

/// A connection's worth of requests, one after another.
struct Transfer {
  CURL* easy = curl_easy_init();
  std::string customer;
  std::string body;
  std::string reply;
};

std::size_t take_reply(char* data, std::size_t, std::size_t size, void* reply) {
  static_cast<std::string*>(reply)->append(data, size);
  return size;
}

class Job {
 public:
  explicit Job(char** arguments)
      : input_(arguments[1]), outcomes_(arguments[2]), url_(arguments[3]), ca_file_(arguments[4]) {
    for (const char* header :
         {"X-Auth-Token: sandbox-token", "Content-Type: application/json", "Accept: application/json"}) {
      headers_ = curl_slist_append(headers_, header);
    }
    std::string header_row;
    std::getline(input_, header_row);
  }
  ~Job() {
    curl_slist_free_all(headers_);
    curl_multi_cleanup(multi_);
  }

  void run(std::size_t connections) {
    std::vector<Transfer> transfers(connections);
    for (Transfer& transfer : transfers) {
      prepare(transfer);
      begin(transfer);
    }
    for (int running = 1; running > 0;) {
      curl_multi_perform(multi_, &running);
      finish_those_that_ended(running);
      if (running > 0) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    for (Transfer& transfer : transfers) curl_easy_cleanup(transfer.easy);
  }

 private:
  void prepare(Transfer& transfer) {
    curl_easy_setopt(transfer.easy, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(transfer.easy, CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(transfer.easy, CURLOPT_WRITEFUNCTION, take_reply);
    curl_easy_setopt(transfer.easy, CURLOPT_WRITEDATA, &transfer.reply);
    curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
  }

  bool begin(Transfer& transfer) {
    std::string row;
    if (!std::getline(input_, row)) return false;
    const std::size_t first = row.find(',');
    const std::size_t second = row.find(',', first + 1);
    transfer.customer = row.substr(0, first);
    transfer.body = "{\"allow\":" + list_of(row.substr(first + 1, second - first - 1)) +
                    ",\"deny\":" + list_of(row.substr(second + 1)) + "}";
    transfer.reply.clear();
    const std::string url = url_ + "/stores/sandbox/v3/customers/" + transfer.customer + "/consent";
    curl_easy_setopt(transfer.easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDS, transfer.body.c_str());
    curl_multi_add_handle(multi_, transfer.easy);
    return true;
  }

  void finish_those_that_ended(int& running) {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      long status = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      const bool is_applied =
          message->data.result == CURLE_OK && status == 200 && transfer->reply == transfer->body;
      outcomes_ << transfer->customer << (is_applied ? ",applied\n" : ",failed\n");
      curl_multi_remove_handle(multi_, transfer->easy);
      if (begin(*transfer)) ++running;
    }
  }

  std::ifstream input_;
  std::ofstream outcomes_;
  std::string url_;
  std::string ca_file_;
  curl_slist* headers_ = nullptr;
  CURLM* multi_ = curl_multi_init();
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return EXIT_FAILURE;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Job(argv).run(static_cast<std::size_t>(std::atoi(argv[5])));
  return EXIT_SUCCESS;
}
