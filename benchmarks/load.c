/*
 * A cheap load generator, for servers on 127.0.0.1: it costs a fraction of what it measures.
 *
 *     load PORT
 *
 * Reads commands from standard input, one a line, and answers each with a line of JSON. A command that takes requests gives
 * their lengths in bytes, and the requests follow the line. Requests are not looked at: who starts this program knows how each
 * server is asked.
 *
 *     subscribe N LENGTH          connect N more subscribers; done when each has the head of its answer
 *     publishers N OPENING LENGTH connect N publishers (in place of those before); each sends the opening, if it has bytes, and
 *                                 waits for its answer. LENGTH: what they send for each message
 *     deliver ROUNDS              each publisher sends one message; the round ends when all are answered and every subscriber
 *                                 has all of them
 *     latency ROUNDS PAUSE        the same, with PAUSE ms between rounds, and percentiles of the times from sending to receiving
 *     watch MS                    read what comes in the next MS milliseconds
 *     publish N                   N messages; each publisher sends its next one when it has the answer to the one before
 *     ask N LENGTH                connect N long-polling clients and send the request, which lacks its empty line
 *     poll ROUNDS                 publish one message; the round ends when each client has its answer and has asked again, for
 *                                 what came after it
 *
 * A message begins with '#', which no head and no framing has: a delivery is a '#' that comes in.
 *
 * An answer has what was done ("done"), how long it took by the clock ("seconds") and this program's own processor time in it
 * ("own_seconds"), and how many subscribers the server has closed so far ("closed"). After {"error": "…"} the program ends.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK '#'
#define PATIENCE_MS 20000 /* without any event */
#define EVENTS 1024
#define AT_ONCE 64 /* subscribers that connect at the same time */

enum kind { SUBSCRIBER, PUBLISHER, POLLER };

/* A connection. answer[0..used) is what has come of an answer that is not complete. A subscriber needs no bytes after its head. */
struct client {
    int fd;
    bool waits;
    size_t used;
    char *answer;
};

struct clients {
    enum kind kind;
    size_t number;
    struct client *all;
};

struct bytes {
    size_t length;
    char *text;
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static int events;
static struct clients subscribers = {.kind = SUBSCRIBER}, publishers = {.kind = PUBLISHER}, pollers = {.kind = POLLER};
static struct bytes message, question;
static size_t closed;
static char piece[1 << 18];

/* ---- errors, time ---- */

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
    va_list arguments;
    printf("{\"error\": \"");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\"}\n");
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double began, own_began;

static void start_clock(void) {
    began = now(CLOCK_MONOTONIC);
    own_began = now(CLOCK_PROCESS_CPUTIME_ID);
}

/* The answer to a command; `more` are further members. */
static void report(size_t done, const char *more) {
    double seconds = now(CLOCK_MONOTONIC) - began, own = now(CLOCK_PROCESS_CPUTIME_ID) - own_began;
    printf("{\"done\": %zu, \"seconds\": %.6f, \"own_seconds\": %.6f, \"closed\": %zu%s}\n", done, seconds, own, closed, more);
    fflush(stdout);
}

/* ---- connections ---- */

static void send_all(int fd, const char *text, size_t length) {
    while (length) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
        if (sent < 0)
            fail("sending: %s", strerror(errno));
        text += sent;
        length -= (size_t)sent;
    }
}

static struct client *connect_one(struct clients *clients) {
    struct client *client = &clients->all[clients->number];
    int one = 1;
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&server, sizeof server) < 0)
        fail("connecting client %zu: %s", clients->number + 1, strerror(errno));
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    client->used = 0;
    client->waits = true;
    client->answer = malloc(BUFSIZ);
    struct epoll_event event = {EPOLLIN, {.u64 = (uint64_t)clients->kind << 32 | clients->number}};
    if (!client->answer || epoll_ctl(events, EPOLL_CTL_ADD, client->fd, &event) < 0)
        fail("watching client %zu: %s", clients->number + 1, strerror(errno));
    clients->number++;
    return client;
}

static void make_room(struct clients *clients, size_t more) {
    clients->all = realloc(clients->all, (clients->number + more) * sizeof *clients->all);
    if (!clients->all)
        fail("no memory");
}

static void close_all(struct clients *clients) {
    for (size_t i = 0; i < clients->number; i++) {
        close(clients->all[i].fd);
        free(clients->all[i].answer);
    }
    clients->number = 0;
}

/* ---- answers ---- */

/* Where the head of an answer ends; 0 while it has not come. */
static size_t end_of_head(const char *text, size_t length) {
    const char *end = memmem(text, length, "\r\n\r\n", 4);
    return end ? (size_t)(end - text) + 4 : 0;
}

/* The value of a header line; NULL where there is none. text ends with a NUL. */
static const char *header(const char *text, const char *name) {
    const char *found = strcasestr(text, name);
    return found ? found + strlen(name) : NULL;
}

/* Whether an answer (or websocket frame) is complete; fails where the server refuses. text ends with a NUL. */
static bool complete(const char *text, size_t length) {
    if (length < 13 || strncmp(text, "HTTP/1.1 ", 9))
        return length && strncmp(text, "HTTP/1.1 ", length < 9 ? length : 9); /* a frame */
    if (text[9] > '2')
        fail("the server answers %.12s", text);
    size_t head = end_of_head(text, length);
    if (!head)
        return false;
    if (text[9] == '1')
        return true; /* 101: a websocket */
    const char *size = header(text, "\r\nContent-Length: ");
    if (size)
        return length >= head + strtoul(size, NULL, 10);
    return header(text, "\r\nTransfer-Encoding: chunked") ? length >= head + 5 && !memcmp(text + length - 5, "0\r\n\r\n", 5) : true;
}

/* Add what has come for a client to its answer. what: the connection, where the server closes it. */
static void receive(struct client *client, const char *what) {
    ssize_t length = recv(client->fd, client->answer + client->used, BUFSIZ - 1 - client->used, 0);
    if (length <= 0)
        fail("the server closes %s", what);
    client->used += (size_t)length;
    client->answer[client->used] = 0;
}

/* Read what has come for a client that waits for an answer. Whether that is complete. */
static bool read_answer(struct client *client) {
    receive(client, "a connection that waits for an answer");
    if (client->used == BUFSIZ - 1)
        fail("an answer has more than %d bytes", BUFSIZ - 1);
    if (!complete(client->answer, client->used))
        return false;
    client->waits = false;
    return true;
}

/* Read the head of a subscriber's answer; whether it is complete. */
static bool read_head(struct client *client) {
    receive(client, "a new subscriber's connection");
    if (client->used >= 12 && client->answer[9] > '2')
        fail("the server answers a subscriber %.12s", client->answer);
    if (!end_of_head(client->answer, client->used))
        return false;
    client->waits = false;
    free(client->answer);
    client->answer = NULL;
    return true;
}

/* How many messages a subscriber gets with one read. */
static size_t read_messages(struct client *client) {
    ssize_t length = recv(client->fd, piece, sizeof piece, 0);
    if (length <= 0) {
        epoll_ctl(events, EPOLL_CTL_DEL, client->fd, NULL);
        closed++;
        return 0;
    }
    size_t found = 0;
    const char *end = piece + length;
    for (const char *p = piece; (p = memchr(p, MARK, (size_t)(end - p))); p++)
        found++;
    return found;
}

/* ---- the loop ---- */

static size_t received;  /* messages, in this command */
static size_t answered;  /* answers to publishers, in this command */
static size_t polled;    /* answers to long-polling clients, in this command */
static double *samples;  /* seconds from sending to receiving, where the command wants them */
static double sent_at;
static const char *doing;

/* Ask again for what comes after the message that this answer has. */
static void ask_again(struct client *client) {
    char request[BUFSIZ];
    const char *time = header(client->answer, "\r\nLast-Modified: "), *tag = header(client->answer, "\r\nEtag: ");
    size_t length = question.length;
    if (!time || !tag)
        fail("an answer to a long-polling client has no Last-Modified or no Etag");
    memcpy(request, question.text, length);
    length += (size_t)snprintf(request + length, sizeof request - length, "If-Modified-Since: %.*s\r\nIf-None-Match: %.*s\r\n\r\n",
                               (int)strcspn(time, "\r"), time, (int)strcspn(tag, "\r"), tag);
    client->used = 0;
    client->waits = true;
    send_all(client->fd, request, length);
}

static void handle(uint64_t data) {
    size_t number = (uint32_t)data;
    switch ((enum kind)(data >> 32)) {
    case SUBSCRIBER:
        if (subscribers.all[number].waits) {
            received += read_head(&subscribers.all[number]);
            return;
        }
        size_t found = read_messages(&subscribers.all[number]);
        if (samples) {
            double passed = now(CLOCK_MONOTONIC) - sent_at;
            for (size_t i = 0; i < found; i++)
                samples[received + i] = passed;
        }
        received += found;
        return;
    case PUBLISHER:
        answered += read_answer(&publishers.all[number]);
        return;
    case POLLER:
        if (read_answer(&pollers.all[number])) {
            polled++;
            ask_again(&pollers.all[number]);
        }
    }
}

/* Handle events until a counter reaches a number. */
static void wait_for(const size_t *counter, size_t wanted) {
    struct epoll_event ready[EVENTS];
    while (*counter < wanted) {
        int number = epoll_wait(events, ready, EVENTS, PATIENCE_MS);
        if (number <= 0)
            fail("%s: nothing comes any more, %zu of %zu", doing, *counter, wanted);
        for (int i = 0; i < number; i++)
            handle(ready[i].data.u64);
    }
}

/* Handle what comes in the next milliseconds. */
static void watch(size_t ms) {
    struct epoll_event ready[EVENTS];
    double end = now(CLOCK_MONOTONIC) + (double)ms / 1000, left;
    while ((left = end - now(CLOCK_MONOTONIC)) > 0) {
        int number = epoll_wait(events, ready, EVENTS, (int)(left * 1000) + 1);
        for (int i = 0; i < number; i++)
            handle(ready[i].data.u64);
    }
    report(received, "");
}

static void send_message(struct client *publisher) {
    publisher->used = 0;
    publisher->waits = true;
    send_all(publisher->fd, message.text, message.length);
}

/* Every publisher sends one message, and everyone gets everything. */
static void deliver_round(void) {
    size_t wanted = answered + publishers.number;
    sent_at = now(CLOCK_MONOTONIC);
    for (size_t i = 0; i < publishers.number; i++)
        send_message(&publishers.all[i]);
    wait_for(&received, received + (subscribers.number - closed) * publishers.number);
    wait_for(&answered, wanted);
}

/* ---- commands ---- */

static struct bytes read_bytes(size_t length) {
    struct bytes bytes = {length, malloc(length + 1)};
    if (!bytes.text || fread(bytes.text, 1, length, stdin) != length)
        fail("a command without its request");
    return bytes;
}

static void replace(struct bytes *place, struct bytes with) {
    free(place->text);
    *place = with;
}

static void subscribe(size_t number, size_t length) {
    struct bytes request = read_bytes(length);
    make_room(&subscribers, number);
    for (size_t i = 0; i < number; i++) {
        struct client *client = connect_one(&subscribers);
        send_all(client->fd, request.text, request.length);
        if (i + 1 >= AT_ONCE)
            wait_for(&received, i + 2 - AT_ONCE);
    }
    wait_for(&received, number);
    free(request.text);
    report(number, "");
}

static void connect_publishers(size_t number, size_t opening_length, size_t length) {
    struct bytes opening = read_bytes(opening_length);
    replace(&message, read_bytes(length));
    close_all(&publishers);
    make_room(&publishers, number);
    for (size_t i = 0; i < number; i++) {
        struct client *publisher = connect_one(&publishers);
        if (opening.length) {
            send_all(publisher->fd, opening.text, opening.length);
            wait_for(&answered, answered + 1);
        }
    }
    free(opening.text);
    report(number, "");
}

static void deliver(size_t rounds) {
    for (size_t round = 0; round < rounds; round++)
        deliver_round();
    report(received, "");
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void latency(size_t rounds, size_t pause_ms) {
    size_t room = rounds * subscribers.number * publishers.number;
    samples = malloc(room * sizeof *samples);
    if (!samples)
        fail("no memory");
    for (size_t round = 0; round < rounds; round++) {
        deliver_round();
        usleep((useconds_t)pause_ms * 1000);
    }
    qsort(samples, received, sizeof *samples, by_size);
    char more[256];
#define PERCENTILE(share) (samples[(size_t)((double)(received - 1) * (share))])
    snprintf(more, sizeof more, ", \"p50\": %.6f, \"p95\": %.6f, \"p99\": %.6f, \"max\": %.6f", PERCENTILE(0.5), PERCENTILE(0.95),
             PERCENTILE(0.99), samples[received - 1]);
    report(received, more);
    free(samples);
    samples = NULL;
}

static void publish(size_t number) {
    size_t sent = 0;
    struct epoll_event ready[EVENTS];
    for (; sent < publishers.number && sent < number; sent++)
        send_message(&publishers.all[sent]);
    while (answered < number) {
        int some = epoll_wait(events, ready, EVENTS, PATIENCE_MS);
        if (some <= 0)
            fail("publishing: nothing comes any more, %zu of %zu", answered, number);
        for (int i = 0; i < some; i++) {
            size_t before = answered;
            handle(ready[i].data.u64);
            if (answered > before && sent < number) {
                send_message(&publishers.all[(uint32_t)ready[i].data.u64]);
                sent++;
            }
        }
    }
    report(number, "");
}

static void ask(size_t number, size_t length) {
    replace(&question, read_bytes(length));
    make_room(&pollers, number);
    for (size_t i = 0; i < number; i++) {
        struct client *client = connect_one(&pollers);
        send_all(client->fd, question.text, question.length);
        send_all(client->fd, "\r\n", 2);
    }
    report(number, "");
}

static void poll_rounds(size_t rounds) {
    for (size_t round = 0; round < rounds; round++) {
        size_t answers = answered + publishers.number;
        for (size_t i = 0; i < publishers.number; i++)
            send_message(&publishers.all[i]);
        wait_for(&polled, (round + 1) * pollers.number);
        wait_for(&answered, answers);
    }
    report(polled, "");
}

static void run(const char *line) {
    char name[16];
    size_t a = 0, b = 0, c = 0;
    int words = sscanf(line, "%15s %zu %zu %zu", name, &a, &b, &c);
    received = answered = polled = 0;
    doing = name;
    start_clock();
    if (words == 3 && !strcmp(name, "subscribe"))
        subscribe(a, b);
    else if (words == 4 && !strcmp(name, "publishers"))
        connect_publishers(a, b, c);
    else if (words == 2 && !strcmp(name, "deliver"))
        deliver(a);
    else if (words == 3 && !strcmp(name, "latency"))
        latency(a, b);
    else if (words == 2 && !strcmp(name, "watch"))
        watch(a);
    else if (words == 2 && !strcmp(name, "publish"))
        publish(a);
    else if (words == 3 && !strcmp(name, "ask"))
        ask(a, b);
    else if (words == 2 && !strcmp(name, "poll"))
        poll_rounds(a);
    else
        fail("an unknown command: %.*s", (int)strcspn(line, "\n"), line);
}

int main(int count, char **arguments) {
    char line[256];
    if (count != 2) {
        fprintf(stderr, "usage: load PORT\n");
        return 2;
    }
    server.sin_port = htons((uint16_t)atoi(arguments[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    events = epoll_create1(0);
    while (fgets(line, sizeof line, stdin))
        run(line);
    return 0;
}
