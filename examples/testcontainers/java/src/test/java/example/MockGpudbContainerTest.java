package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import mockgpudb.MockGpudb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers
class MockGpudbContainerTest {
  @Container
  private static final GenericContainer<?> HEALTHY =
      new GenericContainer<>("mock-gpudb")
          .withExposedPorts(9191)
          .waitingFor(Wait.forHealthcheck());

  /** Waits like a suite for Kinetica's own image. */
  @Container
  private static final GenericContainer<?> ANSWERING =
      new GenericContainer<>("mock-gpudb")
          .withExposedPorts(9191)
          .waitingFor(Wait.forHttp("/").forPort(9191).forStatusCode(200));

  @RegisterExtension
  final MockGpudb gpudb = new MockGpudb().at(urlOf(HEALTHY)).frozen();

  @Test
  void bothAnswer() throws Exception {
    assertEquals("Kinetica is running!", get(urlOf(HEALTHY)));
    assertEquals("Kinetica is running!", get(urlOf(ANSWERING)));
  }

  @Test
  void eachTestHasItsScope() throws Exception {
    assertEquals("Kinetica is running!", get(gpudb.url()));
    assertEquals("frozen", gpudb.clock().get().get("mode"));
  }

  /** The URL for a client. */
  private static String urlOf(GenericContainer<?> mock) {
    return "http://" + mock.getHost() + ":" + mock.getMappedPort(9191);
  }

  private static String get(String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/")).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
