#include <pthread.h>
#include <stdio.h>

static void* say(void* text) { return puts(text) < 0 ? text : 0; }

int main(void) {
  pthread_t thread;
  return pthread_create(&thread, 0, say, "hello") || pthread_join(thread, 0);
}
