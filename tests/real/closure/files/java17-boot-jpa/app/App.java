package demo;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@EnableJpaRepositories(considerNestedRepositories = true)
@RestController
public class App {
  @Entity
  public static class Item {
    @Id @GeneratedValue public Long id;
    public String name;
  }

  public interface Items extends JpaRepository<Item, Long> {}

  private final Items items;

  public App(Items items) {
    this.items = items;
  }

  @GetMapping("/")
  public List<Item> all() {
    return items.findAll();
  }

  public static void main(String[] args) {
    SpringApplication.run(App.class, args);
  }
}
