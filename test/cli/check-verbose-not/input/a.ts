declare function generated(): void;
generated();
