declare function save(text: string): Promise<void>;
	if (true) {
		save("名前 [31m"); save("‮");
	}
