require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { Controller, Get, Module } = require('@nestjs/common');

class AppController {
  root() {
    return { hello: 'world' };
  }
}
Controller()(AppController);
Get()(AppController.prototype, 'root', Object.getOwnPropertyDescriptor(AppController.prototype, 'root'));

class AppModule {}
Module({ controllers: [AppController] })(AppModule);

NestFactory.create(AppModule).then((app) => app.listen(8000, '127.0.0.1'));
